/** What a server answers: the desk as React renders it to text. */

import { renderToString } from "react-dom/server";
import { Desk } from "./react-desk.jsx";

export const render = (properties) => renderToString(<Desk {...properties} />);

/** The answer of a server: the desk as React renders it to HTML. */

import { renderToString } from "react-dom/server";
import { Desk } from "./react-desk.jsx";

export const render = (properties) => renderToString(<Desk {...properties} />);

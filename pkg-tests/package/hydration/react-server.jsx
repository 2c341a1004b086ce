/** Renders React's application into a stream; the answers of each part stand before it. */

import { PassThrough } from "node:stream";
import { evaluate, serialize } from "permgate/server";
import { renderToPipeableStream } from "react-dom/server";
import { application } from "./react.jsx";

/** Gives the parts of the page's body, one after the other. */
export async function* render(document) {
  const permissions = evaluate(document);
  const first = permissions.dehydrate();
  let come;
  const late = new Promise((resolve) => (come = resolve));
  const shell = new Promise((resolve, reject) => {
    const properties = { permissions: () => Promise.reject(new Error("a server makes no instance")), dehydrated: first };
    const stream = renderToPipeableStream(application(properties, late), { onShellReady: () => resolve(stream), onShellError: reject });
  });
  const parts = (await shell).pipe(new PassThrough());
  yield `<script type="application/json" id="carried">${serialize(first)}</script>${permissions.script()}<div id="root">`;
  for await (const part of parts) {
    yield permissions.script() + part;
    // The late part is ready once the shell has been sent.
    come();
  }
  yield "</div>";
}

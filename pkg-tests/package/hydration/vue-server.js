/** Renders Vue's application. */

import { evaluate, serialize } from "permgate/server";
import { renderToString } from "vue/server-renderer";
import { application } from "./vue.js";

export async function* render(document) {
  const permissions = evaluate(document);
  const html = await renderToString(application({ dehydrated: permissions.dehydrate() }));
  yield `<script type="application/json" id="carried">${serialize(permissions)}</script><div id="root">${html}</div>`;
}

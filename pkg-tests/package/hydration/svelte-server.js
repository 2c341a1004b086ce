/** Renders Svelte's application. */

import { evaluate, serialize } from "permgate/server";
import { render as renderComponent } from "svelte/server";
import App from "./App.svelte";

export async function* render(document) {
  const permissions = evaluate(document);
  const { body } = renderComponent(App, { props: { permissions: () => Promise.reject(new Error("a server makes no instance")), dehydrated: permissions.dehydrate() } });
  yield `<script type="application/json" id="carried">${serialize(permissions)}</script><div id="root">${body}</div>`;
}

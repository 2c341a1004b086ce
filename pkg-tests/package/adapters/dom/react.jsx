/** The application for the tests of React's adapter in jsdom: a guard, the forms of `<Can>`, and hooks; `mount` renders it in strict mode. */

import { Can, PermissionGuard, PermissionsProvider, useCan, usePermissions, useSnapshot, useStatus, useSubject } from "permgate/react";
import { StrictMode } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { renderToStaticMarkup } from "react-dom/server";

function Guarded({ requirement = "invoice:view", resource, unauthenticated }) {
  return (
    <PermissionGuard do={requirement} on={resource} denied={<p id="left" />} unauthenticated={unauthenticated ? <p id="sign-in" /> : undefined} fallback={({ status, retry }) => <button id="fallback" onClick={retry}>{status}</button>}>
      <input id="note" />
    </PermissionGuard>
  );
}

function State({ resource }) {
  return <b>{JSON.stringify([useStatus(), usePermissions() === null, useSnapshot()?.subject ?? null, useCan("invoice:edit", resource), useSubject() ?? null])}</b>;
}

/** How often the element with the user was rendered. */
export const renders = { user: 0 };

function User() {
  const user = useSubject();
  renders.user += 1;
  return <u>{user}</u>;
}

function Parts({ resource }) {
  return (
    <>
      <Can do="invoice:edit" on={resource} fallback={<i id="may-not" />}>
        <i id="may" />
      </Can>
      <Can do="invoice:edit" on={resource} fallback={<i id="may-not-now" />} loading={<i id="wait" />}>
        <i id="may-now" />
      </Can>
    </>
  );
}

function application({ permissions, dehydrated, bind, ...properties }) {
  return (
    <PermissionsProvider permissions={permissions} dehydrated={dehydrated} bind={bind}>
      <Guarded {...properties} />
      <Parts {...properties} />
      <State {...properties} />
      {!properties.isUserLeftOut && <User />}
    </PermissionsProvider>
  );
}

/** Renders the application as a server does: the ids of its elements, and what its hooks gave. */
export function render(properties) {
  const html = renderToStaticMarkup(application(properties));
  return { ids: [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id).join(" "), state: JSON.parse(/<b>(.*)<\/b>/.exec(html)[1].replaceAll("&quot;", '"')) };
}

/** Renders the application below a node. */
export function mount(target, properties) {
  const root = createRoot(target);
  const set = (properties) => flushSync(() => root.render(<StrictMode>{application(properties)}</StrictMode>));
  set(properties);
  return { set, unmount: () => flushSync(() => root.unmount()) };
}

/** What a component without a provider throws. */
export function withoutProvider() {
  let thrown;
  const Lonely = () => {
    try {
      useCan("invoice:view");
    } catch (error) {
      thrown = error;
    }
    return null;
  };
  const root = createRoot(document.createElement("div"));
  flushSync(() => root.render(<Lonely />));
  return thrown;
}

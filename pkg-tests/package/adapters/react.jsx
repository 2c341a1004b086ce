/** The application for the tests of the adapter for React; `mount` renders it in strict mode, and counts the renders of each part. */

import { Can, PermissionGuard, PermissionsProvider, useCan, useCanSomewhere, usePermissions, useStatus } from "permgate/react";
import { StrictMode, startTransition, useLayoutEffect, useState } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";

/** The number of components in the list, which all ask the same question. */
const MANY = 50;

const renders = { edit: 0 };
const commits = [];

function Edit() {
  renders.edit += 1;
  return useCan("invoice:edit") ? <button id="edit">Edit</button> : null;
}

function Scoped({ resource }) {
  return <i id="scoped">{String(useCan("invoice:edit", resource))}</i>;
}

function State() {
  return <b id="status">{`${useStatus()} ${usePermissions() === null ? "none" : "there"}`}</b>;
}

function Answer() {
  return <li>{String(useCan("invoice:edit"))}</li>;
}

/** A list that is rendered in a transition; every commit of it shows one answer. */
function Many() {
  const [count, setCount] = useState(0);
  useLayoutEffect(() => void commits.push(new Set([...document.querySelectorAll("li")].map(({ textContent }) => textContent)).size));
  return (
    <ul>
      <button id="many" onClick={() => startTransition(() => setCount(MANY))}>Many</button>
      {Array.from({ length: count }, (_, index) => <Answer key={index} />)}
    </ul>
  );
}

function Guarded({ resource }) {
  return (
    <PermissionGuard do="invoice:view" on={resource} denied={<p id="left">left</p>} fallback={({ status, retry }) => <button id="fallback" onClick={retry}>{status}</button>}>
      <form id="page">
        <input id="note" />
      </form>
    </PermissionGuard>
  );
}

/** A menu entry and a page for a list, whose rows have grants of their own. */
function Menu() {
  return (
    <>
      {useCanSomewhere("quote:view") && <a id="menu">Quotes</a>}
      <Can do="quote:view" somewhere><a id="entry">Quotes</a></Can>
      <PermissionGuard do="quote:view" somewhere><p id="list">Quotes</p></PermissionGuard>
    </>
  );
}

function App({ permissions, bind, resource }) {
  return (
    <PermissionsProvider permissions={permissions} bind={bind}>
      <State />
      <Edit />
      <Scoped resource={resource} />
      <Can do="invoice:delete" fallback={<i id="may-not">no</i>} loading={<i id="wait">wait</i>}>
        <button id="delete">Delete</button>
      </Can>
      <Guarded resource={resource} />
      <Menu />
      <Many />
      <a id="tagged" data-permission="invoice:edit">tagged</a>
    </PermissionsProvider>
  );
}

/** Renders the application below a node. */
export function mount(target, properties) {
  const root = createRoot(target);
  const set = (properties) => flushSync(() => root.render(<StrictMode><App {...properties} /></StrictMode>));
  set(properties);
  return { set, renders, commits, unmount: () => flushSync(() => root.unmount()) };
}

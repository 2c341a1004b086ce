/** The desk as a server renders it for htmx: from the properties in the address, and without permgate's own attributes. */

const escaped = (text) => `${text}`.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** The text of attributes; an attribute that is `true` has no value. */
const attributes = (all) =>
  Object.entries(all)
    .filter(([, value]) => value !== null && value !== false)
    .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escaped(value)}"`))
    .join("");

function row({ id, requirement, resource }) {
  const edit = attributes({ class: "edit", "data-permission": requirement });
  const remove = attributes({ class: "delete", "data-permission": "invoice:delete", "data-permission-mode": "disable" });
  return `<tr${attributes({ id: `row-${id}`, "data-row": id, "data-permission-resource": resource })}>
    <td>${id}</td><td><button${edit}>Edit</button><button${remove}>Delete</button></td></tr>`;
}

export function html({ rows, panel, panelMode, isBusy, isLocked, title, reason }) {
  const pay = { "data-permission": "invoice:pay", "data-permission-mode": "disable" };
  const save = attributes({ id: "save", class: "save", ...pay, "data-permission-reason": reason, disabled: isBusy, title });
  const link = attributes({ id: "link", class: "link", href: "#link", ...pay, "aria-disabled": isBusy ? "true" : null });
  const note = attributes({ id: "note", class: "note", "data-permission": "invoice:note", "data-permission-mode": "readonly", readonly: isLocked });
  const aside = attributes({ id: "panel", class: "panel", "data-permission": panel, "data-permission-mode": panelMode });
  return `<section id="desk"><table><tbody>${rows.map(row).join("")}</tbody></table>
    ${panel === null ? "" : `<aside${aside}>Panel</aside>`}
    <button${save}>${isBusy ? "Saving" : "Save"}</button><a${link}>Link</a><input${note}></section>`;
}

const FOLDER = "/desk/";

/** The answer with the desk, for paths that request one. */
export function answerDesk(path) {
  if (!path.startsWith(FOLDER)) return undefined;
  const properties = JSON.parse(path.slice(FOLDER.length));
  return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: properties ? html(properties) : "" };
}

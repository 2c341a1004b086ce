/** The properties of a desk, its expected content, and a random walk through them. */

import { NAMES, REQUIREMENTS, RESOURCES, all, faults, grant, isGranted, isVisible, painted, sequence, stage } from "./stage.mjs";

/** The attributes of the desk's parts, all of them from its properties. */
export const FIRST = {
  rows: [
    { id: 1, requirement: "invoice:edit", resource: "tenants/acme/1" },
    { id: 2, requirement: "invoice:edit", resource: "tenants/acme/2" },
    { id: 3, requirement: "invoice:view", resource: null },
  ],
  panel: null,
  panelMode: null,
  isBusy: false,
  isLocked: false,
  title: null,
  reason: null,
};

/** The number of tagged elements of a desk: two in each row, save, link, note and perhaps the panel. */
export const size = ({ rows, panel }) => 2 * rows.length + 3 + (panel === null ? 0 : 1);

/** The content that a user should find on a desk with these properties. */
export function expected({ rows, panel, panelMode, isBusy, isLocked, title, reason }) {
  const mayPay = isGranted("invoice:pay");
  const seen = (granted) => (granted ? "shown" : "hidden");
  const used = (open) => (open ? "enabled" : "disabled");
  const lines = rows.map(({ id, requirement, resource }) => {
    const edit = seen(isGranted(requirement, resource));
    return `row ${id}: edit ${edit}, delete ${used(isGranted("invoice:delete", resource))}`;
  });
  if (panel !== null) {
    const granted = isGranted(panel);
    lines.push(panelMode === "inert" ? `panel shown, ${granted ? "open" : "inert"}` : `panel ${seen(granted)}, open`);
  }
  const text = reason === "" ? stage.permissions.check("invoice:pay").message : reason;
  lines.push(`save ${used(mayPay && !isBusy)}, title ${mayPay ? title : (text ?? title)}`);
  lines.push(`link ${used(mayPay && !isBusy)}`);
  lines.push(`note ${isGranted("invoice:note") && !isLocked ? "open" : "locked"}`);
  return lines;
}

/** The content that a user finds on the desk below a node. */
export function actual(root) {
  const one = (selector, from = root) => from.querySelector(selector);
  const seen = (element) => (isVisible(element) ? "shown" : "hidden");
  const used = (element) => (element.disabled || element.getAttribute("aria-disabled") === "true" ? "disabled" : "enabled");
  const lines = [...root.querySelectorAll("[data-row]")].map((row) => {
    return `row ${row.dataset.row}: edit ${seen(one(".edit", row))}, delete ${used(one(".delete", row))}`;
  });
  const panel = one(".panel");
  if (panel) lines.push(`panel ${seen(panel)}, ${panel.inert ? "inert" : "open"}`);
  const save = one(".save");
  lines.push(`save ${used(save)}, title ${save.getAttribute("title")}`);
  lines.push(`link ${used(one(".link"))}`);
  lines.push(`note ${one(".note").readOnly ? "locked" : "open"}`);
  return lines;
}

/** The faults of the desk at the moment; empty if there are none. */
export function compare(desk, properties) {
  const [wanted, found] = [expected(properties), actual(desk.root)];
  const problems = faults();
  for (let at = 0; at < Math.max(wanted.length, found.length); at += 1) {
    if (wanted[at] !== found[at]) problems.push(`wanted: ${wanted[at]}; found: ${found[at]}`);
  }
  const tagged = all("[data-permission]").length;
  if (tagged !== size(properties)) problems.push(`${tagged} elements are tagged, and not ${size(properties)}`);
  return problems;
}

/** The writes of an application in turn, with the expected state of a button, a link and a field afterwards. */
const ORDERS = [
  [{ isBusy: true, isLocked: true, title: "Wait" }],
  [{ isBusy: true, isLocked: true, title: "Wait" }, { isBusy: false, isLocked: false, title: null }],
  [{ isBusy: true }, { isBusy: false }, { isBusy: true, isLocked: true }, { isLocked: false, title: "Wait" }, { title: "Go" }],
];

/** Ways to write: each change on its own frame, all in one frame, all in one task. */
const PACES = {
  "frame by frame": async (desk, all) => {
    for (const properties of all) {
      await desk.set(properties);
      await painted();
    }
  },
  "in one frame": async (desk, all) => {
    for (const properties of all) await desk.set(properties);
  },
  "in one task": (desk, all) => Promise.all(all.map((properties) => desk.set(properties))),
};

/** Writes to denied and to granted elements, in each order and at each pace, and returns the faults afterwards. */
export async function write(desk) {
  const wrong = [];
  let properties = FIRST;
  const look = (what) => wrong.push(...compare(desk, properties).map((problem) => `${what}: ${problem}`));
  for (const [pace, set] of Object.entries(PACES)) {
    for (const [number, order] of ORDERS.entries()) {
      const name = `${pace}, order ${number}`;
      properties = { ...FIRST, reason: number === 1 ? null : "Ask an administrator" };
      await grant();
      await desk.set(properties);
      await painted();
      look(`${name}, before`);
      const all = order.map((change) => (properties = { ...properties, ...change }));
      await set(desk, all);
      await painted();
      look(`${name}, denied`);
      await grant({ names: NAMES });
      look(`${name}, granted`);
      properties = { ...properties, isBusy: !properties.isBusy, isLocked: !properties.isLocked };
      await desk.set(properties);
      await painted();
      look(`${name}, granted and changed`);
      await grant();
      look(`${name}, revoked`);
      await grant({ names: NAMES });
      look(`${name}, granted again`);
    }
  }
  return wrong;
}

/** Random changes of the properties. */
function changes(random) {
  const one = (list) => list[random(list.length)];
  const resource = () => one([...RESOURCES, null]);
  let next = 10;
  const row = () => ({ id: (next += 1), requirement: one(REQUIREMENTS), resource: resource() });
  const inRow = (rows, what) => {
    const at = random(rows.length);
    return rows.map((row, index) => (index === at ? { ...row, ...what() } : row));
  };
  const shuffled = (rows) => rows.map((row) => [random(1_000), row]).sort(([a], [b]) => a - b).map(([, row]) => row);
  return [
    ({ rows }) => ({ rows: shuffled(rows) }),
    ({ rows }) => ({ rows: [...rows].reverse() }),
    ({ rows }) => ({ rows: rows.toSpliced(random(rows.length + 1), rows.length > 8 ? 4 : 0, row(), row()) }),
    ({ rows }) => ({ rows: rows.toSpliced(random(rows.length + 1), 2) }),
    ({ rows }) => ({ rows: inRow(rows, () => ({ requirement: one(REQUIREMENTS) })) }),
    ({ rows }) => ({ rows: inRow(rows, () => ({ resource: resource() })) }),
    ({ rows }) => ({ rows: rows.map((row) => ({ ...row, resource: resource() })) }),
    ({ panel }) => ({ panel: panel === null ? one(REQUIREMENTS) : one([null, one(REQUIREMENTS)]) }),
    () => ({ panelMode: one([null, "hide", "inert"]) }),
    ({ isBusy }) => ({ isBusy: !isBusy }),
    ({ isLocked }) => ({ isLocked: !isLocked }),
    () => ({ title: one([null, "Save all", "Save the rest"]) }),
    () => ({ reason: one([null, "", "Ask an administrator"]) }),
  ];
}

/**
 * Takes a desk through `steps` steps. In each, properties change up to four times in a row, and now
 * and then the permissions do; afterwards the desk is compared. Ends with the first fault, and the changes of that step.
 */
export async function walk(desk, seed, steps) {
  const random = sequence(seed);
  const kinds = changes(random);
  const some = (list) => list.filter(() => random(2) === 0);
  let properties = FIRST;
  for (let step = 0; step < steps; step += 1) {
    const walked = [];
    for (let times = random(4); times >= 0; times -= 1) {
      if (random(3) === 0) {
        // The permission to edit everything counts for the resource of every row.
        const names = some(NAMES).filter((name) => name !== "invoice:edit" || random(4) === 0);
        await grant({ names, resources: some(RESOURCES) });
        walked.push("what is granted");
      }
      const change = kinds[random(kinds.length)](properties);
      properties = { ...properties, ...change };
      await desk.set(properties);
      walked.push(change);
    }
    await painted();
    const problems = compare(desk, properties);
    if (problems.length > 0) return { step, problems, walked: walked.map((what) => JSON.stringify(what)) };
  }
  return { step: steps, problems: [], walked: [] };
}

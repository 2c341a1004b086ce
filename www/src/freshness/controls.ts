/** The controls that cause failures: those of the server for everybody, the others for this page only. */
import { ProblemError } from "../api.ts";
import { element, fill, write } from "../dom.ts";
import { icon, type IconName } from "../icons.ts";
import { permissions } from "../permissions.ts";
import { watchRoute } from "../router.ts";
import type { Scope } from "../scope.ts";
import { endAtServer, type Session } from "../session.ts";
import { crash, grant, revoke, toggleRoles } from "./administrator.ts";
import { isUnplugged, plugIn, unplug } from "./network.ts";
import { expectReaction } from "./reaction.ts";
import { sleep } from "./sleep.ts";
import { record } from "./timeline.ts";

const CRASH_SECONDS = 5;
const MINUTE_MS = 60_000;

/** The text of the controls without a server. */
const UNREACHABLE = "The server cannot be reached";

/** Builds the controls for the signed-in user. */
export function createControls(scope: Scope, user: () => Session | undefined): HTMLElement {
  return element("div", { class: "controls" },
    networkRow(),
    serverRow(),
    sleepRow(),
    permissionRow(scope, user),
    userRow(user),
  );
}

function networkRow(): HTMLElement {
  const noticed = element("input", { type: "checkbox", checked: true, "data-testid": "browser-notices" });
  const button = control("unplug", "", "plug", () => {
    if (isUnplugged()) {
      record("control", "The network was plugged in again");
      plugIn(noticed.checked);
    } else {
      record("control", "The network of this page was unplugged");
      unplug(noticed.checked);
    }
    show();
  });
  const label = button.appendChild(element("span"));
  const show = () => {
    write(label, isUnplugged() ? "Plug in again" : "Unplug");
    button.setAttribute("aria-pressed", String(isUnplugged()));
  };
  show();
  return row("Network", "", button,
    element("label", { class: "check" }, noticed, "The browser notices"));
}

function serverRow(): HTMLElement {
  const hint = `Back after ${CRASH_SECONDS} s.`;
  const kill = control("kill", "Kill", "bolt", () => act(async () => {
    record("control", `The server is killed; it comes back after ${CRASH_SECONDS} s`);
    if (await crash(CRASH_SECONDS)) return;
    record("control", "This server cannot be killed");
    kill.disabled = true;
    write(text, "It was started without --demo-controls.");
  }));
  const root = row("Server", hint, kill);
  const text = root.querySelector("small") ?? root;
  return root;
}

function sleepRow(): HTMLElement {
  const nap = (testId: string, label: string, ms: number) =>
    control(testId, label, "moon", () => {
      record("control", `The device sleeps for ${label}`);
      sleep(ms);
    });
  return row("Sleep", "As with the lid closed: the clock jumps, timers stand still.",
    nap("sleep-10", "10 min", 10 * MINUTE_MS), nap("sleep-480", "8 h", 8 * 60 * MINUTE_MS));
}

function permissionRow(scope: Scope, user: () => Session | undefined): HTMLElement {
  const select = element("select", {
    class: "input mono", "aria-label": "A permission of this page", "data-testid": "freshness-permission",
    onchange: () => show(), onfocus: () => choices(),
  });
  const change = (isGiven: boolean) => act(async () => {
    const [subject, permission] = [user()?.subject, select.value];
    if (subject === undefined || permission === "") return;
    let answered = () => {};
    await (isGiven ? grant : revoke)(subject, permission, () => {
      record("control", `An administrator elsewhere ${isGiven ? "gives" : "takes away"} \`${permission}\``);
      answered = expectReaction(permission, isGiven);
    });
    answered();
  });
  const take = control("revoke", "Revoke", undefined, () => change(false));
  const give = control("grant", "Grant", undefined, () => change(true));
  const show = () => {
    take.disabled = select.value === "" || permissions.cannot(select.value);
    give.disabled = select.value === "" || permissions.can(select.value);
  };
  const choices = () => {
    const names = namesOnPage();
    if (names.join() === [...select.options].map(({ value }) => value).join()) return show();
    const wanted = names.includes(select.value) ? select.value : first(names);
    fill(select, ...names.map((name) => element("option", { value: name, selected: name === wanted }, name)));
    show();
  };
  watchRoute(scope, choices);
  scope.add(permissions.subscribe(choices));
  choices();
  return row("Permission", "", select, take, give);
}

function userRow(user: () => Session | undefined): HTMLElement {
  const roles = control("roles", "", "users", () => act(async () => {
    const subject = user()?.subject;
    if (subject === undefined) return;
    await toggleRoles(subject, (next) => {
      const isTaken = next.length === 0;
      record("control", isTaken ? "An administrator elsewhere takes all roles away" : `An administrator elsewhere gives the roles back: ${next.join(", ")}`);
      write(label, isTaken ? "Give roles back" : "Take all roles");
    });
  }));
  const label = roles.appendChild(element("span", {}, "Take all roles"));
  const end = control("end-session", "End the session", "leave", () => act(async () => {
    record("control", "The session is ended at the server; permgate is not told");
    await endAtServer(user());
  }));
  return row("User", "", roles, end);
}

/** Runs the action of a control; records a failure. */
function act(work: () => Promise<void>): void {
  work().catch((error: unknown) => {
    record("error", error instanceof ProblemError ? error.problem.detail : UNREACHABLE);
  });
}

/** The single permissions that elements of the visible page are tagged with. */
function namesOnPage(): string[] {
  const tagged = document.querySelectorAll<HTMLElement>("#main [data-permission]");
  const names = [...tagged].map(({ dataset }) => dataset["permission"] ?? "");
  return [...new Set(names)].filter((name) => /^[\w-]+:[\w-]+$/.test(name));
}

/** The elements by which a change can be seen. */
function first(names: readonly string[]): string | undefined {
  const granted = names.filter((name) => permissions.can(name));
  return granted.find((name) => name.endsWith(":edit")) ?? granted[0] ?? names[0];
}

function control(testId: string, label: string, name: IconName | undefined, onclick: () => void): HTMLButtonElement {
  return element("button", { type: "button", class: "button small", "data-testid": `control-${testId}`, onclick }, name === undefined ? null : icon(name), label);
}

function row(label: string, hint: string, ...children: HTMLElement[]): HTMLElement {
  return element("fieldset", { class: "control" },
    element("legend", {}, label),
    element("div", { class: "control-line" }, ...children, hint !== "" && element("small", {}, hint)),
  );
}

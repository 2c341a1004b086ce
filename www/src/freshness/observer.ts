/** Records the events of permgate, and their effects on the page. */
import type { Permissions } from "permgate";
import type { Catalogue } from "../api.ts";
import { onInstance } from "../permissions.ts";
import { record } from "./timeline.ts";
import { listed, statusWords, wordsOf } from "./words.ts";

/** All permissions; none while nobody is signed in. */
let names: readonly string[] = [];
let granted: ReadonlySet<string> = new Set();
let instance: Permissions | undefined;

onInstance((permissions) => {
  instance = permissions;
  granted = new Set();
  permissions.on("activity", (activity) => {
    const { kind, text } = wordsOf(activity);
    record(kind, text);
  });
  permissions.on("status", (status) => record("status", statusWords(status)));
  permissions.on("change", compare);
  permissions.on("error", (error) => record("error", error.message.replace(/^permgate: /, "")));
  permissions.on("forbidden", ({ problem }) => {
    const { required } = problem ?? {};
    record("error", `The server refused: ${typeof required === "string" ? `it takes \`${required}\`` : "403"}`);
  });
});

/** Records changes of these names from now on. */
export function compareBy(catalogue: Catalogue): void {
  names = catalogue.permissions;
  granted = grantedNow();
}

/** The permissions that a change added and removed. */
function compare(): void {
  const now = grantedNow();
  const went = [...granted].filter((name) => !now.has(name));
  const came = [...now].filter((name) => !granted.has(name));
  granted = now;
  if (went.length > 0) record("lost", `${plural(went.length)} went: ${listed(went)}`);
  if (came.length > 0) record("gained", `${plural(came.length)} came: ${listed(came)}`);
}

function grantedNow(): Set<string> {
  return new Set(names.filter((name) => instance?.can(name)));
}

function plural(count: number): string {
  return count === 1 ? "1 permission" : `${count} permissions`;
}

/** Records when the permission set last changed and, as far as a page can know, why. */
import { onInstance, permissions } from "./permissions.ts";
import type { Scope } from "./scope.ts";

/** A change of the set. */
export interface Change {
  at: Date;
  version: number | null;
  cause: string;
}

/** An event older than this no longer explains a change. */
const CLUE_MS = 15_000;

let clue: { text: string; at: number } | undefined;

onInstance((instance) =>
  instance.on("activity", ({ kind, what }) => {
    if (kind === "message") noticeClue(`the server pushed ${what}`);
    if (kind === "tab") noticeClue(`another tab said ${what}`);
  }));

/** Records an event that may change the set: a button, a sign-in. */
export function noticeClue(text: string): void {
  clue = { text, at: Date.now() };
}

/** Looks for the part of a response that makes permgate fetch again. For display only. */
export function noticeResponse(request: string, response: Response): void {
  if (response.status === 401 || response.status === 403) {
    noticeClue(`${response.status} on ${request}`);
    return;
  }
  const header = response.headers.get("Permissions-Version");
  const { subject, version } = permissions.snapshot();
  if (header === null || subject === null || !header.includes(`"${subject}"`)) return;
  const told = Number.parseInt(header, 10);
  if (version !== null && told > version) noticeClue(`Permissions-Version ${told} on ${request}`);
}

/** Calls back whenever the set is replaced. */
export function watchChanges(scope: Scope, tell: (change: Change) => void): void {
  let last = "";
  const look = () => {
    const now = describe();
    if (now === last) return;
    last = now;
    const { subject, version } = permissions.snapshot();
    // A set that is dropped is not a change yet; the next set is.
    if (subject === null) return;
    const recent = clue !== undefined && Date.now() - clue.at < CLUE_MS;
    tell({ at: new Date(), version, cause: recent && clue ? clue.text : "the time to live ran out" });
    clue = undefined;
  };
  scope.add(permissions.on("change", look));
  look();
}

function describe(): string {
  const { subject, version } = permissions.snapshot();
  return `${subject} ${version}`;
}

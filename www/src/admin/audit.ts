/** The audit trail: who changed what and when, and who was refused. */
import { api, type AuditEntry, type Who } from "../api.ts";
import { showFailure } from "../attempt.ts";
import { element, fill } from "../dom.ts";
import { when } from "../pages/format.ts";
import { gated, loadWhenGranted } from "../pages/gated.ts";
import type { View } from "../pages/view.ts";
import type { Scope } from "../scope.ts";

/** The acts in words; an act that this page does not know is shown by its name. */
const ACTS: Readonly<Record<string, string>> = {
  "user.add": "added the user",
  "user.roles": "set the roles of",
  "user.grants": "set the grants of",
  "user.password": "set the password of",
  "user.sessions": "ended sessions of",
  "user.remove": "removed the user",
  "role.add": "added the role",
  "role.change": "changed the role",
  "role.remove": "removed the role",
  "record.add": "added",
  "record.change": "changed",
  "record.remove": "removed",
  "session.open": "signed in as",
  "session.end": "ended a session of",
  "session.end-all": "signed out everywhere",
  "password.change": "changed the password of",
  "sign-in.token": "signed in as",
  "sign-in.failed": "failed to sign in as",
  "keys.rotate": "made a new signing key",
  "keys.end-all": "ended all sessions and tokens",
  refused: "was refused, needing",
};

/** Builds the page. */
export function createAuditView(scope: Scope): View {
  let entries: AuditEntry[] = [];
  /** The address of the entries that are not loaded yet. */
  let next: string | undefined;

  const load = async (address?: string): Promise<void> => {
    try {
      const page = await api.audit(address);
      entries = address === undefined ? page.entries : [...entries, ...page.entries];
      next = page.next;
      show();
    } catch (error) {
      showFailure(error);
    }
  };
  const show = (): void => {
    const none = element("tr", {}, element("td", { colspan: 4, class: "none" }, "Nothing happened yet."));
    fill(rows, ...(entries.length === 0 ? [none] : entries.map(row)));
    more.hidden = next === undefined;
  };

  const rows = element("tbody", { "data-testid": "audit-rows" });
  const more = element("button", {
    type: "button", class: "button small", hidden: true, "data-testid": "more-audit", onclick: () => void load(next),
  }, "Older entries");
  const body = element("div", { class: "card table-card" },
    element("div", { class: "table-scroll" },
      element("table", { class: "table" },
        element("caption", { class: "unseen" }, "Audit trail"),
        element("thead", {}, element("tr", {},
          ...["When", "Who", "Did", "Before and after"].map((label) => element("th", { scope: "col" }, label)))),
        rows,
      ),
    ),
    more,
  );
  const root = element("article", { class: "page", "data-testid": "admin-audit" },
    element("header", { class: "page-head" },
      element("div", {},
        element("p", { class: "eyebrow" }, "Administration"),
        element("h1", {}, "Audit trail"),
        element("p", { class: "lead" }, "Each change, written in the same transaction. Refusals and failed sign-ins are counted by the hour."),
      ),
    ),
    ...gated("audit:view", "the audit trail", body),
  );
  const loading = loadWhenGranted(scope, "audit:view", root, () => void load());
  return { root, title: "Audit trail", show: loading.show };
}

function row(entry: AuditEntry): HTMLTableRowElement {
  const { id, at, last_at, count, actor, act, target, target_user } = entry;
  const times = count > 1 && element("small", {}, `${count} times, the last ${when(last_at)}`);
  return element("tr", { "data-testid": `audit-${id}` },
    element("td", {}, element("time", { datetime: at }, when(at)), times),
    element("td", {}, actor === null ? "somebody" : named(actor)),
    element("td", {}, `${ACTS[act] ?? act} `, element("code", {}, target_user === null ? target : named(target_user))),
    element("td", {}, ...states(entry)),
  );
}

/** The states before and after, if known, in a part that can be opened. */
function states({ before, after, is_withheld }: AuditEntry): (HTMLElement | string)[] {
  if (is_withheld) return ["You may not view this."];
  if (before === null && after === null) return [];
  const state = (label: string, value: unknown) =>
    element("div", {}, element("small", {}, label), element("pre", { class: "audit-state" }, value === null ? "nothing" : JSON.stringify(value, null, 1)));
  return [element("details", {}, element("summary", {}, "Show"), state("Before", before), state("After", after))];
}

function named({ subject, username }: Who): string {
  return username ?? subject;
}

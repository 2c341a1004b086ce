/** The status strip: the state of the permission set, second by second, and its last change. */
import { noticeClue, watchChanges } from "../changes.ts";
import { element, write } from "../dom.ts";
import { streamNow } from "../freshness/stream.ts";
import { icon, type IconName } from "../icons.ts";
import { permissions } from "../permissions.ts";
import type { Scope } from "../scope.ts";
import type { Session } from "../session.ts";

/** Builds the strip. */
export function createStrip(scope: Scope, session: Session, freshness: (scope: Scope) => HTMLElement): HTMLElement {
  const status = element("strong", { class: "status", role: "status", "data-testid": "status" });
  const subject = element("span", { "data-testid": "subject" });
  const version = element("span", { "data-testid": "version" });
  const fresh = element("span", { "data-testid": "fresh-for" });
  const believed = element("span", { "data-testid": "believed-for" });
  const source = element("span", { "data-testid": "source" });
  const stream = element("span", { "data-testid": "stream" });
  const left = element("progress", { max: 1, value: 0, "aria-label": "Time until the permissions are fetched again" });
  const change = element("span", { "data-testid": "last-change" }, "nothing yet");
  const news = element("span", { class: "strip-news", "data-testid": "last-event" }, "");

  const root = element("footer", { class: "strip", "aria-label": "Permission status", "data-testid": "strip" },
    element("div", { class: "strip-state" }, element("span", { class: "dot" }), status),
    part("Subject", subject),
    part("Version", version),
    element("div", { class: "strip-part strip-time" }, element("small", {}, "Fresh for"), fresh, left),
    part("Believed for", believed, "strip-late"),
    part("From", source, "strip-late"),
    part("Stream", stream),
    element("div", { class: "strip-part strip-wide" },
      element("small", {}, "Last change noticed"),
      element("span", { class: "strip-line" }, change, news),
    ),
    element("div", { class: "strip-buttons" },
      button("refresh", "Refresh", "refresh", () => void permissions.refresh()),
      button("invalidate", "Invalidate", "alert", () => permissions.invalidate()),
      freshness(scope),
    ),
  );

  // The length of the bar: the time that was left when the set was last renewed.
  let span = { until: 0, ms: 1 };
  const show = () => {
    const now = Date.now();
    const { freshUntil, expiresAt, ...held } = permissions.snapshot();
    root.dataset["status"] = permissions.status;
    status.dataset["status"] = permissions.status;
    write(status, permissions.status);
    write(subject, held.subject ?? "–");
    subject.title = session.name;
    write(version, held.version === null ? "–" : String(held.version));
    write(fresh, freshUntil === null ? "–" : clock(freshUntil - now));
    write(believed, expiresAt === null ? "–" : clock(expiresAt - now));
    // The source of the present set, and the way in which changes would arrive.
    const age = held.askedAt === null ? "" : ` · ${clock(now - held.askedAt)} ago`;
    write(source, held.source === null ? "–" : `${held.source}${age}`);
    write(stream, streamNow());
    // The set was renewed: the difference is too large to come from two clocks.
    if (freshUntil !== null && Math.abs(freshUntil - span.until) > 500) {
      span = { until: freshUntil, ms: Math.max(1, freshUntil - now) };
    }
    left.value = freshUntil === null ? 0 : Math.max(0, Math.min(1, (freshUntil - now) / span.ms));
  };
  // The strip shows a clock; nothing else in the page needs one.
  const tick = setInterval(show, 1_000);
  scope.add(() => clearInterval(tick));
  scope.add(permissions.subscribe(show));
  scope.add(permissions.on("activity", show));
  scope.add(permissions.on("error", (error) => write(news, error.message.replace(/^permgate: /, ""))));
  scope.add(permissions.on("status", () => {
    // A failure is over once the set is fresh again.
    if (permissions.status === "fresh") write(news, "");
  }));
  watchChanges(scope, ({ at, version: to, cause }) => {
    const time = at.toLocaleTimeString("en-GB");
    write(change, `${time} · ${to === null ? "" : `version ${to} · `}${cause}`);
  });
  show();
  return root;
}

function part(label: string, value: HTMLElement, more = ""): HTMLElement {
  return element("div", { class: `strip-part ${more}` }, element("small", {}, label), value);
}

function button(testId: string, label: string, name: IconName, act: () => void): HTMLElement {
  const onclick = () => {
    noticeClue(`${label} was pressed`);
    act();
  };
  return element("button", { type: "button", class: "button small", "data-testid": testId, "aria-label": label, onclick },
    icon(name), element("span", { class: "wide-only" }, label));
}

/** `4:05`, and seconds alone below a minute. */
function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const rest = seconds % 60;
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)}:${String(rest).padStart(2, "0")}`;
}

/** A card to ask permgate anything: type a requirement, read the decision and its reason. */
import { element, fill, prose, write } from "../dom.ts";
import { icon } from "../icons.ts";
import { permissions } from "../permissions.ts";
import type { Scope } from "../scope.ts";

let count = 0;

/** Builds the card. The answer follows the typed text and the permissions. */
export function createQuestion(scope: Scope, example: string): HTMLElement {
  const id = `question-${++count}`;
  const input = element("input", {
    id, class: "input mono", value: example, spellcheck: "false", autocomplete: "off", autocapitalize: "none",
    "data-testid": "question", oninput: () => answer(),
  });
  const outcome = element("strong", { class: "outcome", "data-testid": "outcome" });
  const message = element("span", { "data-testid": "reason" });

  const answer = (): void => {
    const text = input.value.trim();
    const decision = permissions.check(text);
    outcome.dataset["outcome"] = decision.outcome;
    write(outcome, decision.outcome);
    message.title = decision.reason;
    fill(message, ...prose(text === "" ? "Type the name of a permission." : decision.message));
  };
  scope.add(permissions.subscribe(answer));
  answer();

  return element("section", { class: "card question" },
    element("h3", {}, icon("shield"), "Ask permgate"),
    element("label", { for: id }, "May I … ? Names joined by ", element("code", {}, "&"), ", ", element("code", {}, "|"), ", ", element("code", {}, "!")),
    input,
    element("p", { class: "answer", "aria-live": "polite" }, outcome, message),
  );
}

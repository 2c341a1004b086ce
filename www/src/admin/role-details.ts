/** One role: its patterns, and switches for the permissions that they cover. */
import type { Catalogue, Role } from "../api.ts";
import { element, fill, write } from "../dom.ts";
import { icon } from "../icons.ts";
import { toast } from "../toast.ts";
import { createPatternInput } from "./grant-form.ts";
import { createMatrix } from "./matrix.ts";
import { covers, type Standing, toggledPatterns } from "./patterns.ts";

/** The changes of a role. */
export interface RoleActions {
  setPatterns: (role: Role, patterns: string[]) => Promise<boolean>;
  remove: (role: Role) => Promise<boolean>;
}

/** Builds the details once; `put` shows a role in them. */
export function createRoleDetails(catalogue: Catalogue, actions: RoleActions): { root: HTMLElement; put: (role: Role) => void; controls: HTMLFieldSetElement[] } {
  let role: Role | undefined;
  const title = element("h2");
  const about = element("p");
  const patternList = element("ul", { class: "chips", "data-testid": "role-patterns" });
  const pattern = createPatternInput(catalogue, "role-pattern");
  const form = element("form", {
    class: "line",
    onsubmit: (event: SubmitEvent) => {
      event.preventDefault();
      if (role === undefined) return;
      void actions.setPatterns(role, [...role.permissions, pattern.input.value.trim()]).then((isDone) => isDone && form.reset());
    },
  }, pattern.root, element("button", { class: "button", "data-testid": "role-pattern-add" }, "Add"));
  const matrix = createMatrix(catalogue, {
    label: "Everything this role allows",
    legend: [["allow", "by name"], ["role", "by a wider pattern"]],
    testId: (permission) => `role-${role?.name}-${permission}`,
    toggle: (permission) => {
      if (role === undefined) return;
      const patterns = toggledPatterns(permission, role.permissions, catalogue.permissions);
      if (patterns !== undefined) return void actions.setPatterns(role, patterns);
      toast("refused", "A wider pattern gives it", `Take off ${standingIn(role, permission).by} first`);
    },
  });

  const patterns = element("fieldset", { class: "grants", "aria-label": "Patterns" }, patternList, form);
  const root = element("div", { class: "stack", "data-testid": "role-details" },
    element("section", { class: "card" },
      element("header", { class: "person" }, element("div", {}, title, about),
        element("button", {
          type: "button", class: "button small danger", "data-permission": "role:delete", "data-testid": "remove-role",
          onclick: () => role !== undefined && confirm(`Remove the role ${role.title}?`) && actions.remove(role),
        }, icon("trash"), "Remove"),
      ),
      element("h3", {}, "Patterns"),
      patterns,
    ),
    element("section", { class: "card" }, element("h3", {}, "What they cover"), matrix.root),
  );
  return {
    root,
    /** The controls that need `role:edit`. */
    controls: [patterns, matrix.switches],
    put: (next) => {
      role = next;
      write(title, next.title);
      write(about, `${next.name} · ${next.members} ${next.members === 1 ? "user has" : "users have"} it`);
      fill(patternList, ...next.permissions.map((text) =>
        element("li", { class: "chip" }, text,
          element("button", {
            type: "button", class: "chip-button", "aria-label": `Take off ${text}`,
            onclick: () => actions.setPatterns(next, next.permissions.filter((other) => other !== text)),
          }, icon("cross")),
        )));
      matrix.put((permission) => standingIn(next, permission));
    },
  };
}

function standingIn(role: Role, permission: string): Standing {
  if (role.permissions.includes(permission)) return { granted: true, source: "allow", by: permission };
  const by = role.permissions.find((pattern) => covers(pattern, permission));
  return by === undefined ? { granted: false, source: "none" } : { granted: true, source: "role", by };
}

/** One user: their roles, their own grants, and switches for all permissions. */
import type { Catalogue, Grant, Role, User } from "../api.ts";
import { avatar } from "../avatar.ts";
import { element, fill, write } from "../dom.ts";
import { icon } from "../icons.ts";
import { toast } from "../toast.ts";
import { createGrantForm } from "./grant-form.ts";
import { createMatrix } from "./matrix.ts";
import { standing, toggled } from "./patterns.ts";

/** The changes of a user. */
export interface UserActions {
  setRoles: (user: User, names: string[]) => Promise<boolean>;
  setGrants: (user: User, grants: Grant[]) => Promise<boolean>;
  remove: (user: User) => Promise<boolean>;
}

/** Builds the details once; `put` shows a user in them. */
export function createUserDetails(catalogue: Catalogue, actions: UserActions): { root: HTMLElement; put: (user: User, roles: readonly Role[]) => void; controls: HTMLFieldSetElement[] } {
  let user: User | undefined;
  let roles: readonly Role[] = [];
  const patterns = () => roles.filter(({ name }) => user?.roles.includes(name)).flatMap((role) => role.permissions);

  const sign = element("span");
  const name = element("h2");
  const about = element("p");
  const roleList = element("fieldset", { class: "role-list", "aria-label": "Roles", "data-testid": "user-roles" });
  const grantList = element("ul", { class: "chips", "data-testid": "user-grants" });
  const matrix = createMatrix(catalogue, {
    label: "All rights of this user",
    legend: [["role", "by a role"], ["allow", "own allow"], ["deny", "own deny"], ["blocked", "under a wider deny"]],
    testId: (permission) => `grant-${user?.username}-${permission}`,
    toggle: (permission) => {
      if (user === undefined) return;
      const grants = toggled(permission, user.grants, patterns());
      if (grants !== undefined) return void actions.setGrants(user, grants);
      const { by } = standing(permission, user.grants, patterns());
      toast("refused", "A wider deny stands against it", `Take off the deny of ${by} first`);
    },
  });
  const form = createGrantForm(catalogue, (grant) =>
    user === undefined ? Promise.resolve(false) : actions.setGrants(user, [...user.grants, grant]));

  const roleBox = (role: string, title: string, of: User) => {
    const box = element("input", {
      type: "checkbox", checked: of.roles.includes(role), "data-testid": `role-${of.username}-${role}`,
      onchange: async () => {
        const names = box.checked ? [...of.roles, role] : of.roles.filter((other) => other !== role);
        // Refused: the box shows the actual state, not the requested one.
        if (!(await actions.setRoles(of, names))) box.checked = of.roles.includes(role);
      },
    });
    return element("label", { class: "role-box" }, box, title);
  };
  const grantChip = (grant: Grant, of: User) =>
    element("li", { class: "chip", "data-effect": grant.effect, "data-testid": `direct-${of.username}-${grant.permission}` },
      element("small", {}, grant.effect),
      grant.permission,
      grant.resource !== undefined && element("small", {}, `on ${grant.resource}`),
      element("button", {
        type: "button", class: "chip-button", "aria-label": `Take off ${grant.effect} ${grant.permission}`,
        onclick: () => actions.setGrants(of, of.grants.filter((other) => other !== grant)),
      }, icon("cross")),
    );

  const grants = element("fieldset", { class: "grants", "aria-label": "Own grants" }, grantList, form);
  const root = element("div", { class: "stack", "data-testid": "user-details" },
    element("section", { class: "card" },
      element("header", { class: "person" }, sign, element("div", {}, name, about),
        element("button", {
          type: "button", class: "button small danger", "data-permission": "user:delete", "data-testid": "remove-user",
          onclick: () => user !== undefined && confirm(`Remove ${user.name}?`) && actions.remove(user),
        }, icon("trash"), "Remove"),
      ),
      element("h3", {}, "Roles"),
      roleList,
    ),
    element("section", { class: "card" }, element("h3", {}, "Own grants, beside the roles"), grants),
    element("section", { class: "card" }, element("h3", {}, "What comes of it"), matrix.root),
  );
  return {
    root,
    /** The controls that need `user:edit`; the filter and the button that removes do not. */
    controls: [roleList, grants, matrix.switches],
    put: (next, known) => {
      [user, roles] = [next, known];
      fill(sign, avatar(next.name));
      write(name, next.name);
      write(about, `${next.username} · ${next.id} · version ${next.version}`);
      const names = known.length > 0 ? known : next.roles.map((role) => ({ name: role, title: role }));
      fill(roleList, ...names.map((role) => roleBox(role.name, role.title, next)));
      const none = element("li", { class: "none" }, "None: everything comes from the roles.");
      fill(grantList, ...(next.grants.length === 0 ? [none] : next.grants.map((grant) => grantChip(grant, next))));
      matrix.put((permission) => standing(permission, next.grants, patterns()));
    },
  };
}

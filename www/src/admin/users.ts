/** Administration of users: their roles, their own grants, and what comes of both. */
import { api, type Catalogue, type Role, type User } from "../api.ts";
import { attempt, showFailure } from "../attempt.ts";
import { avatar } from "../avatar.ts";
import { element, fill } from "../dom.ts";
import { gated, loadWhenGranted } from "../pages/gated.ts";
import type { View } from "../pages/view.ts";
import { permissions } from "../permissions.ts";
import { navigate, route } from "../router.ts";
import type { Scope } from "../scope.ts";
import type { Session } from "../session.ts";
import { toast } from "../toast.ts";
import { createAdder, createChooser } from "./chooser.ts";
import { createUserDetails } from "./user-details.ts";

/** Builds the page. */
export function createUsersView(scope: Scope, catalogue: Catalogue, session: Session): View {
  let users: User[] = [];
  let roles: Role[] = [];

  const load = async (): Promise<void> => {
    try {
      // Without `role:view` the roles' content stays unknown here, and asking would be a sure 403.
      [users, roles] = await Promise.all([api.users(), permissions.can("role:view") ? api.roles() : []]);
      show();
    } catch (error) {
      showFailure(error);
    }
  };
  const shown = (): User | undefined => {
    const to = route();
    const username = to.name === "users" ? to.username : undefined;
    return username === undefined ? users[0] : users.find((user) => user.username === username);
  };
  const show = (): void => {
    const chosen = shown();
    chooser.put(users.map((user) => ({
      path: `/admin/users/${user.username}`,
      testId: `user-row-${user.username}`,
      image: avatar(user.name),
      title: user.id === session.subject ? `${user.name} (you)` : user.name,
      text: user.roles.join(", ") || "no roles",
      badge: `v${user.version}`,
      isChosen: user === chosen,
    })));
    if (chosen === undefined) {
      fill(place, element("p", { class: "none" }, users.length === 0 ? "" : "There is no such user."));
      return;
    }
    details.put(chosen, roles);
    if (details.root.parentNode !== place) fill(place, details.root);
  };
  /** Writes, and shows what the server answers: its word is the state, not ours. */
  const change = (needed: string, what: string, write: () => ReturnType<typeof api.addUser>) =>
    attempt(needed, async () => {
      const { user, affected } = await write();
      if (user !== undefined) {
        const isNew = !users.some(({ id }) => id === user.id);
        users = isNew ? [...users, user] : users.map((other) => (other.id === user.id ? user : other));
      }
      show();
      const versions = affected.map(({ subject, version }) => `Version ${version} for ${subject}`);
      toast("done", what, versions.join(", ") || "Nobody's permissions differ");
    });

  const details = createUserDetails(catalogue, {
    setRoles: (user, names) => change("user:edit", `Roles of ${user.name}`, () => api.setUserRoles(user.id, names)),
    setGrants: (user, grants) => change("user:edit", `Grants of ${user.name}`, () => api.setUserGrants(user.id, grants)),
    remove: (user) =>
      change("user:delete", `${user.name} removed`, async () => {
        const done = await api.removeUser(user.id);
        users = users.filter(({ id }) => id !== user.id);
        navigate("/admin/users");
        return done;
      }),
  });
  const chooser = createChooser("Users", createAdder({
    label: "Add a user",
    permission: "user:create",
    prefix: "new-user",
    fields: [
      { name: "username", label: "User name" },
      { name: "name", label: "Name" },
      { name: "password", label: "Password", type: "password" },
    ],
    add: ({ username = "", name = "", password = "" }) =>
      change("user:create", `${name} added`, () => api.addUser({ username, name, password, roles: [] })),
  }));

  // Asking and subscribing is the other way to follow a permission than a tag: the switches stay
  // readable, which hiding them would undo.
  const place = element("section", { class: "admin-details", "aria-label": "Details" });
  const guard = (): void => {
    for (const controls of details.controls) controls.disabled = permissions.cannot("user:edit");
  };
  scope.add(permissions.subscribe(guard));
  guard();

  const body = element("div", { class: "admin" }, chooser.root, place);
  const root = element("article", { class: "page", "data-testid": "admin-users" },
    element("header", { class: "page-head" },
      element("div", {},
        element("p", { class: "eyebrow" }, "Administration"),
        element("h1", {}, "Users and grants"),
        element("p", { class: "lead" }, "Change somebody's rights here, and watch another tab in which they are signed in."),
      ),
      element("span", { class: "badge warn", "data-permission": "user:view & !user:edit" }, "Read only: needs user:edit"),
    ),
    ...gated("user:view", "users", body),
  );
  const loading = loadWhenGranted(scope, "user:view", root, () => void load());
  return {
    root,
    title: "Users and grants",
    show: () => {
      show();
      loading.show();
    },
  };
}

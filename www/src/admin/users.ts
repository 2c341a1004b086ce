/** Administration of users: their roles, their own grants, and the resulting permissions. */
import { api, type Catalogue, changedMeanwhile, type Role, type User } from "../api.ts";
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
  /** The address of the users that are not loaded yet. */
  let next: string | undefined;

  const load = async (): Promise<void> => {
    try {
      // Without `role:view` the roles' content stays unknown here, and asking would be a sure 403.
      const [page, known] = await Promise.all([api.users(), permissions.can("role:view") ? api.roles() : []]);
      [users, next, roles] = [page.users, page.next, known];
      show();
    } catch (error) {
      showFailure(error);
    }
  };
  const loadMore = async (): Promise<void> => {
    try {
      const page = await api.users(next);
      users = [...users, ...page.users.filter(({ id }) => !users.some((known) => known.id === id))];
      next = page.next;
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
    more.hidden = next === undefined;
    if (chosen === undefined) {
      fill(place, element("p", { class: "none" }, users.length === 0 ? "" : "There is no such user."));
      return;
    }
    details.put(chosen, roles);
    if (details.root.parentNode !== place) fill(place, details.root);
  };
  const take = (user: User): void => {
    const isNew = !users.some(({ id }) => id === user.id);
    users = isNew ? [...users, user] : users.map((other) => (other.id === user.id ? user : other));
  };
  /** Writes a change, and shows the state that the server answers. */
  const change = (needed: string, what: string, write: () => ReturnType<typeof api.addUser>) =>
    attempt(needed, async () => {
      const { user, affected } = await write().catch((error: unknown) => {
        // Another administrator changed it first: their version is shown, to be decided on again.
        const current = changedMeanwhile<User>(error);
        if (current !== undefined) take(current);
        show();
        throw error;
      });
      if (user !== undefined) take(user);
      show();
      const versions = affected.map(({ subject, version }) => `Version ${version} for ${subject}`);
      toast("done", what, versions.join(", ") || "Nobody's permissions differ");
    });

  const details = createUserDetails(catalogue, {
    setRoles: (user, names) => change("user:edit", `Roles of ${user.name}`, () => api.setUserRoles(user, names)),
    setGrants: (user, grants) => change("user:edit", `Grants of ${user.name}`, () => api.setUserGrants(user, grants)),
    remove: (user) =>
      change("user:delete", `${user.name} removed`, async () => {
        const done = await api.removeUser(user);
        users = users.filter(({ id }) => id !== user.id);
        navigate("/admin/users");
        return done;
      }),
  });
  const more = element("button", {
    type: "button", class: "button small", hidden: true, "data-testid": "more-users", onclick: () => void loadMore(),
  }, "More users");
  const chooser = createChooser("Users", more, createAdder({
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

  // `can` with `subscribe` is the alternative to a tag: the switches stay
  // readable, while a tag would hide them.
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

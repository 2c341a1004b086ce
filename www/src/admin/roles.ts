/** Administration of roles: the list, and the permissions of each, page by page. */
import { api, type Catalogue, changedMeanwhile, type Role } from "../api.ts";
import { attempt, showFailure } from "../attempt.ts";
import { element, fill } from "../dom.ts";
import { gated, loadWhenGranted } from "../pages/gated.ts";
import type { View } from "../pages/view.ts";
import { permissions } from "../permissions.ts";
import { navigate, route } from "../router.ts";
import type { Scope } from "../scope.ts";
import { toast } from "../toast.ts";
import { createAdder, createChooser } from "./chooser.ts";
import { createRoleDetails } from "./role-details.ts";

/** Builds the page. */
export function createRolesView(scope: Scope, catalogue: Catalogue): View {
  let roles: Role[] = [];

  const load = async (): Promise<void> => {
    try {
      roles = await api.roles();
      show();
    } catch (error) {
      showFailure(error);
    }
  };
  const shown = (): Role | undefined => {
    const to = route();
    const wanted = to.name === "roles" ? to.role : undefined;
    return wanted === undefined ? roles[0] : roles.find(({ name }) => name === wanted);
  };
  const show = (): void => {
    const chosen = shown();
    chooser.put(roles.map((role) => ({
      path: `/admin/roles/${role.name}`,
      testId: `role-row-${role.name}`,
      image: null,
      title: role.title,
      text: `${role.name} · ${role.permissions.length} ${role.permissions.length === 1 ? "pattern" : "patterns"}`,
      badge: `${role.members} ${role.members === 1 ? "user" : "users"}`,
      isChosen: role === chosen,
    })));
    if (chosen === undefined) {
      fill(place, element("p", { class: "none" }, roles.length === 0 ? "" : "There is no such role."));
      return;
    }
    details.put(chosen);
    if (details.root.parentNode !== place) fill(place, details.root);
  };
  const take = (role: Role): void => {
    const isNew = !roles.some(({ name }) => name === role.name);
    roles = isNew ? [...roles, role] : roles.map((other) => (other.name === role.name ? role : other));
  };
  const change = (needed: string, what: string, write: () => ReturnType<typeof api.addRole>) =>
    attempt(needed, async () => {
      const { role, affected } = await write().catch((error: unknown) => {
        // Another administrator changed it first: their version is shown, to be decided on again.
        const current = changedMeanwhile<Role>(error);
        if (current !== undefined) take(current);
        show();
        throw error;
      });
      if (role !== undefined) take(role);
      show();
      const users = affected.length === 1 ? "One user has" : `${affected.length} users have`;
      toast("done", what, affected.length === 0 ? "Nobody's permissions differ" : `${users} a new version`);
    });

  const details = createRoleDetails(catalogue, {
    setPatterns: (role, patterns) =>
      change("role:edit", `Role ${role.title}`, () => api.setRole(role, { title: role.title, permissions: patterns })),
    remove: (role) =>
      change("role:delete", `Role ${role.title} removed`, async () => {
        const done = await api.removeRole(role);
        roles = roles.filter(({ name }) => name !== role.name);
        navigate("/admin/roles");
        return done;
      }),
  });
  const chooser = createChooser("Roles", createAdder({
    label: "Add a role",
    permission: "role:create",
    prefix: "new-role",
    fields: [{ name: "name", label: "Name, such as night-shift" }, { name: "title", label: "Title" }],
    add: ({ name = "", title = "" }) =>
      change("role:create", `Role ${title} added`, () => api.addRole({ name, title, permissions: [] })),
  }));

  const place = element("section", { class: "admin-details", "aria-label": "Details" });
  const guard = (): void => {
    for (const controls of details.controls) controls.disabled = permissions.cannot("role:edit");
  };
  scope.add(permissions.subscribe(guard));
  guard();

  const body = element("div", { class: "admin" }, chooser.root, place);
  const root = element("article", { class: "page", "data-testid": "admin-roles" },
    element("header", { class: "page-head" },
      element("div", {},
        element("p", { class: "eyebrow" }, "Administration"),
        element("h1", {}, "Roles"),
        element("p", { class: "lead" }, "A change to a role reaches everybody who has it, at once on the server and soon on their pages."),
      ),
      element("span", { class: "badge warn", "data-permission": "role:view & !role:edit" }, "Read only: needs role:edit"),
    ),
    ...gated("role:view", "roles", body),
  );
  const loading = loadWhenGranted(scope, "role:view", root, () => void load());
  return {
    root,
    title: "Roles",
    show: () => {
      show();
      loading.show();
    },
  };
}

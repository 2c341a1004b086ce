/** Programs that must compile, and lines that must not: `@ts-expect-error` fails if such a line compiles. */

import {
  createPermissions,
  type Decision,
  decodeUnverified,
  packPermissions,
  parseRequirement,
  type Snapshot,
  unpackPermissions,
} from "../dist/index.js";

type Names = "invoice:view" | "invoice:edit" | "report:*";

export async function typed(): Promise<void> {
  const permissions = await createPermissions<Names>({ endpoint: "/api/me/permissions" });
  permissions.can("invoice:view");
  permissions.can("invoice:view & !invoice:edit");
  permissions.can("(invoice:view | invoice:edit) && role(admin)", "tenants/acme/1");
  permissions.can("report:*");
  permissions.canAll(["invoice:view", "invoice:edit"]);
  // @ts-expect-error a typing error in a name
  permissions.can("invoice:veiw");
  // @ts-expect-error a typing error in the second name
  permissions.can("invoice:view & invoice:eddit");
  // @ts-expect-error a typing error in a list
  permissions.canAny(["invoice:view", "invoice:eddit"]);
  // @ts-expect-error a number is not a requirement
  permissions.can(7);
  const decision: Decision = permissions.check("invoice:edit");
  const stop: () => void = permissions.on("change", (snapshot: Snapshot) => snapshot.permissions);
  stop();
  permissions.on("error", (error) => error.code satisfies string);
  // @ts-expect-error no such event
  permissions.on("changed", () => {});
  // @ts-expect-error the snapshot cannot be written
  permissions.snapshot().permissions.push("x");
  decision.outcome satisfies "granted" | "denied" | "unknown";
}

export async function sources(): Promise<void> {
  const permissions = await createPermissions<Names>({
    token: "",
    claims: ["auth0", { preset: "keycloak", client: "spa", scopes: true }, { path: "/a/b", target: "roles" }],
    catalogue: { id: "1", permissions: ["a"] },
    rolePermissions: async () => ({ clerk: ["a"], auditor: { permissions: ["a"], denied: [] } }),
    dialect: "shiro",
    separator: ".",
    format: "by-action",
    tenant: null,
  });
  permissions.canSomewhere("invoice:view");
  permissions.setTenant(null);
  permissions.can("invoice:*");
  permissions.canAll(["role(admin)", "invoice:view & invoice:edit"]);
  // @ts-expect-error no registered permission begins with this text
  permissions.can("invioce:*");
  const spaced = await createPermissions<"read all" | "x">({ bootstrap: [] });
  spaced.can('"read all" & x');
  // @ts-expect-error a name with a space is quoted
  spaced.can("read all");
  const { roles } = permissions.snapshot();
  // @ts-expect-error roles are null if the source has none
  roles.length satisfies number;
  // @ts-expect-error a typing error in a name
  permissions.canSomewhere("invoice:veiw");
  // @ts-expect-error no such preset
  await createPermissions({ token: "", claims: "keycloack" });
  // @ts-expect-error no such target
  await createPermissions({ token: "", claims: { path: [], target: "rolls" } });
  // @ts-expect-error a path is a list of names, not a text with dots
  await createPermissions({ token: "", claims: { path: "realm_access.roles" } });
  // @ts-expect-error no such dialect
  await createPermissions({ bootstrap: {}, dialect: "glob" });
  const tree = parseRequirement("a & !b", { dialect: "exact" });
  if (tree.type === "all") tree.of.map((part) => part.type);
  decodeUnverified("").claims satisfies Readonly<Record<string, unknown>>;
  unpackPermissions({ id: "1", permissions: [] }, packPermissions({ id: "1", permissions: [] }, [])) satisfies string[];
}

export async function untyped(requirement: string): Promise<void> {
  using permissions = await createPermissions({ token: async () => null, ttlMs: 1000 });
  permissions.can(requirement);
  permissions.can("anything & everything");
  // @ts-expect-error milliseconds are given as a number
  await createPermissions({ endpoint: "/", ttlMs: "1000" });
  // @ts-expect-error no such option
  await createPermissions({ endpoint: "/", tttl: 1000 });
}

export async function freshness(): Promise<void> {
  const permissions = await createPermissions<Names>({
    endpoint: new URL("https://app.example/permissions"),
    push: { events: "/events", socket: new URL("https://app.example/socket"), poll: true },
    guard: { origins: ["https://api.example"], patch: ["fetch", "xhr"], ignore: ["/login"] },
    onUnauthenticated: async () => "token",
    onForbidden: ({ problem, url }) => [problem?.["required"], url satisfies string],
    tabs: false,
    persist: "session",
  });
  const stop = permissions.watch("invoice:view & invoice:edit", ({ outcome, provenance }) => {
    outcome satisfies "granted" | "denied" | "unknown";
    if (provenance) (provenance.ageMs satisfies number) + provenance.askedAt;
    // @ts-expect-error the held set may be absent
    provenance.source;
  });
  stop();
  permissions.watch("invoice:view", () => undefined, "tenants/acme/1");
  // @ts-expect-error a typing error in a name
  permissions.watch("invoice:veiw", () => undefined);
  permissions.on("activity", (activity) => {
    // @ts-expect-error only a stream has a transport
    activity.transport;
    if (activity.kind === "stream") activity.transport satisfies "events" | "socket" | "poll";
  });
  permissions.on("stepUp", ({ acrValues, maxAgeSeconds }) => [acrValues, maxAgeSeconds satisfies number | null]);
  permissions.notifyNavigation();
  const again = permissions.observe({ url: "/", status: 401, headers: {} }, permissions.ticket(), false);
  again satisfies Promise<boolean>;
  // @ts-expect-error no such transport
  await createPermissions({ endpoint: "/", push: { sse: "/events" } });
  // @ts-expect-error not a storage in which a set can be kept
  await createPermissions({ endpoint: "/", persist: "local" });
}

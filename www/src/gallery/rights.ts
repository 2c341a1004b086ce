/** The rights that the visitor has switched on, and the state of the permission set. */

/** A right that can be switched on, and its grant in the permission document. */
export interface Right {
  readonly key: string;
  readonly label: string;
  readonly resource?: string;
}

export const RIGHTS: readonly Right[] = [
  { key: "invoice:view", label: "invoice:view" },
  { key: "invoice:edit", label: "invoice:edit" },
  { key: "acme:edit", label: "invoice:edit on tenants/acme/*", resource: "tenants/acme/*" },
  { key: "invoice:delete", label: "invoice:delete" },
  { key: "report:view", label: "report:view" },
  { key: "role(admin)", label: "role(admin)" },
];

/** Whether the set has arrived, is still loading, or nobody is signed in. */
export const STANDINGS = { loaded: "Loaded", unknown: "Not loaded yet", "signed-out": "Signed out" } as const;
export type Standing = keyof typeof STANDINGS;

/** The rights that are on unless the address says otherwise: some of each kind. */
const USUAL = ["invoice:view", "acme:edit"];

const query = new URLSearchParams(location.search);
const on = new Set(query.get("rights")?.split(",") ?? USUAL);
let standing = (Object.keys(STANDINGS) as Standing[]).find((known) => known === query.get("set")) ?? "loaded";
let version = 1;
const listeners = new Set<() => void>();

export const rights = {
  has: (key: string): boolean => on.has(key),
  /** Switches some rights on or off. */
  set(keys: readonly string[], isOn: boolean): void {
    for (const key of keys) {
      if (isOn) on.add(key);
      else on.delete(key);
    }
    version += 1;
    tell();
  },
  get standing(): Standing {
    return standing;
  },
  set standing(next: Standing) {
    standing = next;
    tell();
  },
  /** The permission document that a server would answer. */
  document: (): object => ({
    subject: "visitor",
    version,
    permissions: RIGHTS.filter(({ key, resource }) => on.has(key) && resource === undefined && !key.startsWith("role(")).map(({ key }) => key),
    roles: on.has("role(admin)") ? ["admin"] : [],
    grants: RIGHTS.filter(({ key, resource }) => on.has(key) && resource !== undefined).map(({ resource }) => (
      { permission: "invoice:edit", resource, effect: "allow" })),
  }),
  /** Calls back after every change. Returns a function that stops this. */
  onChange(listener: () => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
};

function tell(): void {
  for (const listener of [...listeners]) listener();
}

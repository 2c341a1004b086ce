/** The adapter for React 18 and 19: a provider, hooks, `<Can>`, and a guard that keeps values in fields. */

import { Fragment, type ReactNode, createContext, createElement, useContext, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { type Dehydrated, type GivenPermissions, Holder, type Verdict, shut } from "./adapter.js";
import type { RequirementOf, TaggedRequirement } from "./names.js";
import type { Permissions } from "./permissions.js";
import type { RegisteredName } from "./register.js";
import type { Snapshot, Status } from "./types.js";

export { bootstrapOf, requirement } from "./adapter.js";
export type { Dehydrated, GivenPermissions } from "./adapter.js";

/** Names that TypeScript would accept, as it accepts each attribute with a hyphen that is not declared, and that would tag nothing. */
type Misspelt = { readonly [Name in "data-permissions" | "data-permision" | "data-permisson" | "data-permssion" | "data-premission"]?: "the attribute `data-permission` is meant" | undefined };

// The elements of JSX, HTML and SVG. Attributes of the application itself stay as they are.
declare module "react" {
  interface DOMAttributes<T> extends Misspelt {
    /** Shows the element if this requirement is granted. A name alone is checked, with operators that of `requirement("a & b")`. */
    readonly "data-permission"?: TaggedRequirement | undefined;
    readonly "data-permission-resource"?: string | undefined;
    /** One of the built-in modes, or one of the option `modes`. */
    readonly "data-permission-mode"?: "hide" | "disable" | "readonly" | "inert" | "remove" | (string & {}) | undefined;
    readonly "data-permission-reason"?: string | undefined;
  }
}

/** The properties of `<PermissionsProvider>`. */
export interface PermissionsProviderProps {
  /** The application's instance, or a promise of it, made outside of any component; or a function that makes one, which is disposed of with the provider. */
  readonly permissions: GivenPermissions;
  /** The result of the server's `dehydrate`, for a page that it rendered: it answers until the instance is there. */
  readonly dehydrated?: Dehydrated | null | undefined;
  /** Binds the document, for elements tagged `data-permission`. */
  readonly bind?: boolean;
  readonly children?: ReactNode;
}

const Context = createContext<Holder | null>(null);

/** Provides the permissions to all components below. */
export function PermissionsProvider({ permissions, dehydrated, bind = false, children }: PermissionsProviderProps): ReactNode {
  // A function is called once, even if each render passes a new one; and a page is hydrated once.
  const holder = useMemo(() => new Holder(permissions, dehydrated), [typeof permissions === "function" ? Holder : permissions]);
  useEffect(() => holder.open(bind ? document : undefined), [holder, bind]);
  return createElement(Context.Provider, { value: holder }, children);
}

function useHolder(): Holder {
  const holder = useContext(Context);
  if (holder) return holder;
  throw Object.assign(new Error("permgate: there is no `<PermissionsProvider>` above this component"), { code: "no-provider" });
}

/** Follows a value; during server rendering and hydration, it is the result of `readFirst`. */
function useHeld<Value>(read: (holder: Holder) => Value, readFirst: (holder: Holder) => Value): Value {
  const holder = useHolder();
  return useSyncExternalStore(holder.subscribe, () => read(holder), () => readFirst(holder));
}

/**
 * For servers that stream pages: returns the decisions since the last call, as JSON for an element `<script
 * type="application/json" data-permgate>` before the next part of the page.
 */
export function useUnsentDecisions(): () => string {
  const holder = useHolder();
  return () => holder.unsent();
}

/** Whether a requirement is granted, on a resource or in general. Renders again only when that changes. */
export function useCan<Text extends string>(requirement: RequirementOf<Text, RegisteredName>, resource?: string): boolean {
  return useHeld((holder) => holder.can(requirement, resource), (holder) => holder.first(requirement, resource) === "granted");
}

/** Whether a permission is granted on at least one resource: for menus. Renders again only when that changes. */
export function useCanSomewhere<Text extends string>(permission: RequirementOf<Text, RegisteredName>): boolean {
  return useHeld((holder) => holder.can(permission, true), (holder) => holder.first(permission, true) === "granted");
}

/** The instance, for `signOut`, `fetch` and the like; null until it is there. For questions, use `useCan`. */
export function usePermissions(): Permissions | null {
  return useHeld((holder) => holder.permissions ?? null, () => null);
}

/** The status of the set; `loading` until the instance is there. */
export function useStatus(): Status {
  return useHeld((holder) => holder.status, (holder) => holder.firstStatus);
}

/**
 * The user of the set; undefined while nobody is signed in or the set is being loaded, and where the source names no
 * user. Renders again only when the user changes.
 */
export function useSubject(): string | undefined {
  return useHeld((holder) => holder.subject, (holder) => holder.firstSubject);
}

/** The current set; null until the instance is there. */
export function useSnapshot(): Snapshot | null {
  return useHeld((holder) => holder.permissions?.snapshot() ?? null, () => null);
}

/** The properties of `<Can>`. */
export interface CanProps<Text extends string> {
  /** The requirement. */
  readonly do: RequirementOf<Text, RegisteredName>;
  /** The resource of the question. */
  readonly on?: string | undefined;
  /** Asks whether `do`, a permission, is granted on at least one resource; `on` is not used then. */
  readonly somewhere?: boolean | undefined;
  readonly children?: ReactNode;
  /** Shown instead. */
  readonly fallback?: ReactNode;
  /** Shown while the answer is unknown, also when loading has failed; by default `fallback`. */
  readonly loading?: ReactNode;
}

/** Renders its children if a requirement is granted. */
export function Can<Text extends string>({ do: requirement, on, somewhere, children, fallback = null, loading }: CanProps<Text>): ReactNode {
  const where = somewhere ? true : on;
  const state = useHeld(
    (holder) => (holder.can(requirement, where) ? "granted" : loading === undefined ? "denied" : holder.verdict(requirement, where)),
    (holder) => holder.first(requirement, where),
  );
  // An answer that could not be loaded is not a refusal.
  const isUnknown = state === "unknown" || state === "failed";
  return state === "granted" ? children : isUnknown && loading !== undefined ? loading : fallback;
}

/** The properties of `<PermissionGuard>`. */
export interface PermissionGuardProps<Text extends string> {
  readonly do: RequirementOf<Text, RegisteredName>;
  readonly on?: string | undefined;
  /** Asks whether `do`, a permission, is granted on at least one resource; `on` is not used then. */
  readonly somewhere?: boolean | undefined;
  readonly children?: ReactNode;
  /** Shown while the answer is unknown; a function gets the status, and a function that tries again after a failure. */
  readonly fallback?: ReactNode | ((how: { readonly status: Status; readonly retry: () => void }) => ReactNode);
  /** Shown in place of a page that is denied, for example a redirect. */
  readonly denied?: ReactNode;
  /** Shown when nobody is signed in; by default `denied`. */
  readonly unauthenticated?: ReactNode;
}

// On a server, React 18 warns about the layout effect.
const useBeforePaint = typeof document === "undefined" ? useEffect : useLayoutEffect;

/**
 * Guards a page, which is left when its requirement is denied. While the answer is unknown, as for a moment after a
 * revocation, a page that was open stays mounted, out of view and use.
 */
export function PermissionGuard<Text extends string>(properties: PermissionGuardProps<Text>): ReactNode {
  const { do: requirement, on = "", somewhere } = properties;
  // A page about another resource starts again.
  return createElement(Guarded, { key: `${requirement}\n${somewhere ? "\n" : on}`, ...(properties as PermissionGuardProps<string>) });
}

function Guarded({ do: requirement, on, somewhere, children, fallback = null, denied = null, unauthenticated = denied }: PermissionGuardProps<string>): ReactNode {
  const { retry } = useHolder();
  const where = somewhere ? true : on;
  const verdict = useHeld<Verdict>((holder) => holder.verdict(requirement, where), (holder) => holder.first(requirement, where));
  const status = useStatus();
  const isOpen = verdict === "granted";
  const isOut = verdict === "denied" || verdict === "unauthenticated";
  const [wasOpen, setWasOpen] = useState(isOpen);
  if (wasOpen ? isOut : isOpen) setWasOpen(isOpen);
  const region = useRef<HTMLDivElement>(null);
  useBeforePaint(() => (isOpen || !region.current ? undefined : shut(region.current)), [isOpen]);
  if (isOut) return verdict === "denied" ? denied : unauthenticated;
  const instead = typeof fallback === "function" ? fallback({ status, retry }) : fallback;
  const page = wasOpen ? createElement("div", { ref: region, style: { display: "contents" } }, children) : null;
  return createElement(Fragment, null, isOpen ? null : instead, page);
}

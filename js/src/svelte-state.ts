/** The permissions as Svelte's reactive state, and how components get it. */

import { getContext, onMount, setContext } from "svelte";
import { createSubscriber } from "svelte/reactivity";
import { type Dehydrated, type GivenPermissions, Holder, type Verdict, type Where } from "./adapter.js";
import type { RequirementOf } from "./names.js";
import type { Permissions } from "./permissions.js";
import type { RegisteredName } from "./register.js";
import type { Status } from "./types.js";

/** Answers that templates and effects follow. Until the instance is there, the page's own data answer. */
export class PermissionsState {
  readonly #holder: Holder;
  readonly #follow: () => void;

  constructor(holder: Holder) {
    this.#holder = holder;
    this.#follow = createSubscriber((update) => holder.subscribe(update));
  }

  /** Whether a requirement is granted, on a resource or in general. */
  readonly can = <Text extends string>(requirement: RequirementOf<Text, RegisteredName>, resource?: string): boolean => {
    this.#follow();
    return this.#holder.can(requirement, resource);
  };

  /** Whether a permission is granted on at least one resource: for menus. */
  readonly canSomewhere = <Text extends string>(permission: RequirementOf<Text, RegisteredName>): boolean => {
    this.#follow();
    return this.#holder.can(permission, true);
  };

  /** The verdict of a guard on a requirement; `true` in place of the resource asks about at least one resource. */
  readonly verdict = <Text extends string>(requirement: RequirementOf<Text, RegisteredName>, where?: Where): Verdict => {
    this.#follow();
    return this.#holder.verdict(requirement, where);
  };

  /** The status of the set; `loading` until the instance is there. */
  get status(): Status {
    this.#follow();
    return this.#holder.status;
  }

  /** The user of the set; undefined while nobody is signed in or the set is being loaded, and where the source names no user. */
  get subject(): string | undefined {
    this.#follow();
    return this.#holder.subject;
  }

  /** The instance, for `signOut`, `fetch` and the like; undefined until it is there. */
  get instance(): Permissions | undefined {
    this.#follow();
    return this.#holder.permissions;
  }

  /** Tries again after a failure. */
  readonly retry = (): void => this.#holder.retry();
}

/** The options of `setPermissions`. */
export interface PermissionsSettings {
  readonly bind?: boolean;
  /** The result of the server's `dehydrate`, or a function that gives it, as for what is read of `$props()`. */
  readonly dehydrated?: Carried | (() => Carried);
}

/** What a page carries of its permissions, if it carries any. */
type Carried = Dehydrated | null | undefined;

const KEY = Symbol("permgate");

/**
 * Provides the permissions to a component and all below it; call it while the root component is initialised. `given` is
 * the instance, a promise of it, or a function that makes one: in the browser only, and disposed of with the component.
 * The document is bound unless `bind` is false. `dehydrated` is the result of the server's `dehydrate`: it answers
 * until the instance is there, and is read once.
 */
export function setPermissions(given: GivenPermissions, { bind = true, dehydrated }: PermissionsSettings = {}): PermissionsState {
  const holder = new Holder(given, typeof dehydrated === "function" ? dehydrated() : dehydrated);
  onMount(() => holder.open(bind ? document : undefined));
  return setContext(KEY, new PermissionsState(holder));
}

/** The permissions that a component above has set. */
export function getPermissions(): PermissionsState {
  const permissions = getContext<PermissionsState | undefined>(KEY);
  if (permissions) return permissions;
  throw Object.assign(new Error("permgate: no component above this one has called `setPermissions`"), { code: "no-provider" });
}

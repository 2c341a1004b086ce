/** Angular's providers for the permissions, and signals that follow them. */

import {
  CSP_NONCE,
  DOCUMENT,
  DestroyRef,
  EnvironmentInjector,
  type EnvironmentProviders,
  InjectionToken,
  PLATFORM_ID,
  type Signal,
  computed,
  inject,
  makeEnvironmentProviders,
  provideEnvironmentInitializer,
  runInInjectionContext,
  signal,
  untracked,
} from "@angular/core";
import cloak from "#cloak";
import { type GivenPermissions, Holder } from "./adapter.js";
import { carried } from "./angular-carried.js";
import type { Dehydrated } from "./dehydrated.js";
import type { RequirementOf } from "./names.js";
import type { Permissions } from "./permissions.js";
import type { RegisteredName } from "./register.js";
import type { Status } from "./types.js";

/** The options of `providePermgate`. */
export interface PermgateOptions {
  /**
   * The application's instance, or a promise of it; or a function that makes one, in the browser only: it may `inject`
   * services, and the instance is disposed of with the injector.
   */
  readonly permissions: GivenPermissions;
  /**
   * The result of `dehydrate()` of `permgate/server` for this page: it answers on the server, and until the instance
   * is there.
   * By default, it is taken from the request's context of `@angular/ssr`, and carried to the browser by `TransferState`.
   */
  readonly dehydrated?: Dehydrated | null;
  /** Binds the document, for elements tagged `data-permission`, and adds their stylesheet. True by default. */
  readonly bind?: boolean;
}

/** The holder, and the state of its injector. */
export interface Held {
  readonly holder: Holder;
  /** Changes with the answers of the holder. */
  readonly turn: Signal<number>;
  /** Whether the instance will come; on a server it does not. */
  readonly isOpen: boolean;
  /** The injector with which they end. */
  readonly injector: EnvironmentInjector;
}

export const HELD = new InjectionToken<Held>("permgate");

/** Provides the permissions to an injector and those below it: they begin and end with it. */
export function providePermgate(options: PermgateOptions): EnvironmentProviders {
  return makeEnvironmentProviders([
    { provide: HELD, useFactory: () => hold(options) },
    provideEnvironmentInitializer(() => void inject(HELD)),
  ]);
}

function hold({ permissions: given, dehydrated, bind = true }: PermgateOptions): Held {
  const injector = inject(EnvironmentInjector);
  const isOpen = inject(PLATFORM_ID).toString() === "browser";
  // The page carries the permissions of the outermost provider.
  const isOutermost = inject(HELD, { optional: true, skipSelf: true }) === null;
  const first = dehydrated === undefined && isOutermost ? carried(isOpen) : dehydrated;
  const holder = new Holder(typeof given === "function" ? (document) => runInInjectionContext(injector, () => given(document)) : given, first);
  const turn = signal(0);
  if (isOpen) {
    // A change may be announced while a template is evaluated, which must not depend on the signal.
    const stop = holder.subscribe(() => untracked(() => turn.update((turn) => turn + 1)));
    if (bind) adoptCloak();
    const close = holder.open(bind ? document : undefined);
    inject(DestroyRef).onDestroy(() => (stop(), close()));
  } else if (bind) {
    writeCloak();
  }
  return { holder, turn: turn.asReadonly(), isOpen, injector };
}

/** Marks a document that has the rules of `cloak.css`. */
const CLOAK = Symbol.for("permgate.cloak");

/**
 * Adds the rules of `cloak.css` to the document, for good. An application renders nothing before its providers exist,
 * so the rules are in time; a sheet among Angular's `styles` is not, since builds load it late.
 */
function adoptCloak(): void {
  const page = document as Document & { [CLOAK]?: boolean };
  // The DOMs of test runners have no constructable stylesheets.
  if (page[CLOAK] || !page.adoptedStyleSheets) return;
  Object.defineProperty(page, CLOAK, { value: true });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(cloak);
  page.adoptedStyleSheets.push(sheet);
}

/** Writes those rules into a page that a server renders, whose tagged elements are seen before the application starts. */
function writeCloak(): void {
  const { head } = inject(DOCUMENT);
  if (head.querySelector("style[data-permgate]")) return;
  const style = head.ownerDocument.createElement("style");
  style.setAttribute("data-permgate", "");
  const nonce = inject(CSP_NONCE, { optional: true });
  if (nonce) style.setAttribute("nonce", nonce);
  style.textContent = cloak;
  // The document of Angular's server has no `append`.
  head.appendChild(style);
}

export function injectHeld(): Held {
  const held = inject(HELD, { optional: true });
  if (held) return held;
  throw Object.assign(new Error("permgate: add `providePermgate({ permissions })` to the providers of the application"), { code: "no-provider" });
}

/** A signal that follows a value of the permissions. */
export function follow<Value>({ holder, turn }: Held, read: (holder: Holder) => Value): Signal<Value> {
  return computed(() => (void turn(), read(holder)));
}

/** Returns a function for templates and computed values, which follow the answer: `can = injectCan()`. */
export function injectCan(): <Text extends string>(requirement: RequirementOf<Text, RegisteredName>, resource?: string) => boolean;
/** Whether a requirement is granted, on a resource or in general. The resource may be a signal or a function. */
export function injectCan<Text extends string>(
  requirement: RequirementOf<Text, RegisteredName>,
  resource?: string | (() => string | undefined),
): Signal<boolean>;
export function injectCan(requirement?: string, resource?: string | (() => string | undefined)): unknown {
  const held = injectHeld();
  if (requirement === undefined) return (asked: string, on?: string) => (void held.turn(), held.holder.can(asked, on));
  return follow(held, (holder) => holder.can(requirement, typeof resource === "function" ? resource() : resource));
}

/** Returns a function for templates and computed values, which asks about at least one resource: `canSomewhere = injectCanSomewhere()`. */
export function injectCanSomewhere(): <Text extends string>(permission: RequirementOf<Text, RegisteredName>) => boolean;
/** Whether a permission is granted on at least one resource: for menus. */
export function injectCanSomewhere<Text extends string>(permission: RequirementOf<Text, RegisteredName>): Signal<boolean>;
export function injectCanSomewhere(permission?: string): unknown {
  const held = injectHeld();
  if (permission === undefined) return (asked: string) => (void held.turn(), held.holder.can(asked, true));
  return follow(held, (holder) => holder.can(permission, true));
}

/** The instance, for `signOut`, `fetch` and the like; undefined until it is there. For questions, use `injectCan`. */
export function injectPermissions(): Signal<Permissions | undefined> {
  return follow(injectHeld(), (holder) => holder.permissions);
}

/** The status of the set; `loading` until the instance is there. */
export function injectStatus(): Signal<Status> {
  return follow(injectHeld(), (holder) => holder.status);
}

/** The user of the set; undefined while nobody is signed in or the set is being loaded, and where the source names no user. */
export function injectSubject(): Signal<string | undefined> {
  return follow(injectHeld(), (holder) => holder.subject);
}

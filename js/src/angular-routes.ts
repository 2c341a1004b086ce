/** Follows the open routes of Angular's router: their requirements, and the redirects when those are no longer granted. */

import { DestroyRef, type Signal, computed, effect, inject, runInInjectionContext, signal, untracked } from "@angular/core";
import { type ActivatedRouteSnapshot, type GuardResult, NavigationEnd, NavigationError, NavigationStart, RedirectCommand, Router, type UrlTree } from "@angular/router";
import { type AnyPermissions, type Holder, type Verdict, verdictWhenKnown } from "./adapter.js";
import { type Held, injectHeld } from "./angular-held.js";
import { type Elsewhere, type Need, asks, needOf } from "./angular-needs.js";

/** The order in which one of several verdicts decides. */
const WORST_FIRST: readonly Verdict[] = ["unauthenticated", "denied", "failed", "unknown"];

/** A need with its verdict. */
interface Answered {
  readonly need: Need;
  readonly verdict: Verdict;
}

/** One for each injector to which the permissions are provided. */
const ALL = new WeakMap<Held, Routes>();

export function injectRoutes(): Routes {
  const held = injectHeld();
  const routes = ALL.get(held) ?? new Routes(held, inject(Router));
  ALL.set(held, routes);
  return routes;
}

export class Routes {
  /** The verdict of the open routes; while there are none, of the navigation to the first ones. */
  readonly verdict: Signal<Verdict>;
  readonly #held: Held;
  readonly #router: Router;
  /** How many guards wait for an answer. */
  readonly #waiting = signal(0);
  /** Where the user wanted to go when the permissions could not be loaded. */
  readonly #wanted = signal<string | undefined>(undefined);
  #isRedirected = false;
  /**
   * The change and the address at which a route was last left: a redirect that the application refuses is not
   * repeated.
   */
  #left = "";
  /** On a server: where a navigation goes whose answer is unknown. */
  #withheld: RedirectCommand | undefined;

  constructor(held: Held, router: Router) {
    this.#held = held;
    this.#router = router;
    const answers = computed((): readonly Answered[] => {
      // Also after the end of a navigation, which changes only this signal.
      void held.turn(), router.currentNavigation();
      return needsBelow(router.routerState.snapshot.root).map((need) => ({ need, verdict: held.holder.verdict(need.requirement, need.resource) }));
    });
    this.verdict = computed(() => {
      void router.currentNavigation();
      if (!router.routerState.snapshot.root.firstChild) return this.#waiting() > 0 ? "unknown" : this.#wanted() === undefined ? "granted" : "failed";
      const verdicts = answers().map(({ verdict }) => verdict);
      return WORST_FIRST.find((verdict) => verdicts.includes(verdict)) ?? "granted";
    });
    if (!held.isOpen) return;
    const { injector } = held;
    effect(() => {
      // A running navigation is not disturbed: its own guards ask.
      if (!router.currentNavigation()) this.#look(held.turn(), answers());
    }, { injector });
    const events = router.events.subscribe((event) => {
      if (!(event instanceof NavigationStart)) return;
      // A navigation to the redirect's target is not another wish of the user.
      if (!this.#isRedirected) this.#wanted.set(undefined);
      this.#isRedirected = false;
    });
    injector.get(DestroyRef).onDestroy(() => events.unsubscribe());
  }

  /** Waits until the answer is known; returns whether a route may be entered. */
  async enter(need: Need | undefined, wanted = this.#urlUnderWay()): Promise<GuardResult> {
    const { holder, isOpen } = this.#held;
    if (!need) return true;
    const answer = () => holder.verdict(need.requirement, need.resource);
    // Another navigation would end without a page: the server would answer 404, and a page could not be built ahead.
    if (!isOpen && (answer() === "unknown" || answer() === "failed")) return (this.#withheld ??= this.#withhold(need, wanted));
    const navigation = this.#router.currentNavigation()?.id;
    this.#waiting.update((count) => count + 1);
    // The page's own data are believed at once.
    const verdict = answer() === "unknown" ? await verdictWhenKnown(arrivalOf(holder), need.requirement, need.resource) : answer();
    this.#waiting.update((count) => count - 1);
    if (verdict === "granted") return true;
    const target = targetOf(need, verdict);
    if (verdict === "failed" && navigation === this.#router.currentNavigation()?.id) {
      this.#wanted.set(wanted);
      this.#isRedirected = target !== undefined;
    }
    return target === undefined ? false : this.#urlOf(target, wanted);
  }

  /** Leads to the same address without its routes, whose code and data are not loaded: the browser enters them once it knows the answer. */
  #withhold(need: Need, wanted: string): RedirectCommand {
    const { config } = this.#router;
    this.#router.resetConfig([{ path: "**", children: [], canMatch: [asks(() => true, () => need)] }]);
    const events = this.#router.events.subscribe((event) => {
      if (!(event instanceof NavigationEnd || event instanceof NavigationError)) return;
      events.unsubscribe();
      this.#withheld = undefined;
      // `@angular/ssr` reads the routes when the application has started.
      this.#router.resetConfig(config);
    });
    return new RedirectCommand(this.#router.parseUrl(wanted));
  }

  #look(turn: number, answers: readonly Answered[]): void {
    const { status } = this.#held.holder;
    const wanted = this.#wanted();
    if (wanted !== undefined && (status === "fresh" || status === "unauthenticated")) return this.#go(wanted);
    const { url } = this.#router;
    const out = answers.find(({ verdict }) => verdict === "denied" || verdict === "unauthenticated");
    if (!out || this.#left === `${turn} ${url}`) return;
    this.#left = `${turn} ${url}`;
    const target = targetOf(out.need, out.verdict);
    // Without a target, the routes after it are tried.
    this.#go(target === undefined ? url : untracked(() => this.#urlOf(target, url)));
  }

  #go(url: string | UrlTree): void {
    untracked(() => void this.#router.navigateByUrl(url, { replaceUrl: true, onSameUrlNavigation: "reload" }));
  }

  #urlUnderWay(): string {
    const tree = this.#router.currentNavigation()?.extractedUrl;
    return tree ? this.#router.serializeUrl(tree) : this.#router.url;
  }

  #urlOf(target: Elsewhere, wanted: string): UrlTree {
    const url = typeof target === "function" ? runInInjectionContext(this.#held.injector, () => target(wanted)) : target;
    return typeof url === "string" ? this.#router.parseUrl(url) : url;
  }
}

function targetOf({ options }: Need, verdict: Verdict): Elsewhere | undefined {
  const { to, signIn = to, failed } = options;
  return verdict === "denied" ? to : verdict === "unauthenticated" ? signIn : failed;
}

/** The needs of a route and those below it; `around` are the `canActivateChild` guards of the routes around it. */
function needsBelow(route: ActivatedRouteSnapshot, around: readonly unknown[] = []): Need[] {
  const { canMatch = [], canActivate = [], canActivateChild = [] } = route.routeConfig ?? {};
  const own = [...around, ...canMatch, ...canActivate].flatMap((guard) => needOf(guard, route) ?? []);
  return [...own, ...route.children.flatMap((child) => needsBelow(child, [...around, ...canActivateChild]))];
}

/** The instance, as soon as it is there; rejects if it cannot be made. */
function arrivalOf(holder: Holder): AnyPermissions | Promise<AnyPermissions> {
  if (holder.permissions) return holder.permissions;
  return new Promise((resolve, reject) => {
    const look = () => {
      if (holder.permissions) resolve(holder.permissions);
      else if (holder.status === "failed") reject();
      else return;
      stop();
    };
    const stop = holder.subscribe(look);
    if (holder.status === "failed") look();
  });
}

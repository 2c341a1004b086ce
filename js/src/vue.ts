/** The adapter for Vue 3: a plugin, composables, the directive `v-can`, and a gate that keeps values in fields. */

import {
  type App,
  type ComputedRef,
  type InjectionKey,
  type MaybeRefOrGetter,
  type ObjectDirective,
  type PropType,
  type ShallowRef,
  type SlotsType,
  computed,
  defineComponent,
  h,
  inject,
  ref,
  shallowRef,
  toValue,
  watch,
} from "vue";
import { type AnyPermissions, type Dehydrated, type GivenPermissions, Holder, type Verdict, shut } from "./adapter.js";
import type { RequirementOf, WrittenRequirement } from "./names.js";
import type { Permissions } from "./permissions.js";
import type { RegisteredName } from "./register.js";
import type { Status } from "./types.js";
import { type GuardedRoute, type GuardedRouter, type RouteGuardOptions, guardRoutes, needsOf } from "./vue-guard.js";

export { bootstrapOf, requirement } from "./adapter.js";
export type { Dehydrated, GivenPermissions } from "./adapter.js";

/** The options of the plugin. */
export interface PermgateOptions extends Partial<RouteGuardOptions> {
  /** The application's instance, or a promise of it; or a function that makes one, which is disposed of with the application. On a server it may be left out. */
  readonly permissions?: GivenPermissions | undefined;
  /** The result of the server's `dehydrate`, for a page that it rendered: it answers until the instance is there. */
  readonly dehydrated?: Dehydrated | null | undefined;
  /** Binds the document, for `v-can` and elements tagged `data-permission`. True by default. */
  readonly bind?: boolean;
  /** Guards the routes with a `meta.permission`; needs `to`, and an instance or a promise of one. */
  readonly router?: GuardedRouter;
}

/** The holder, and a number that changes with its answers. */
interface Held {
  readonly holder: Holder;
  readonly turn: ShallowRef<number>;
}

const KEY: InjectionKey<Held> = Symbol("permgate");

/** The plugin: `app.use(permgate, { permissions })`. */
export const permgate = {
  install(app: App, { permissions, dehydrated, bind = true, router, to, ...elsewhere }: PermgateOptions): void {
    const holder = new Holder(permissions, dehydrated);
    const turn = shallowRef(0);
    app.provide(KEY, { holder, turn });
    app.directive("can", vCan);
    if (router && (to === undefined || permissions === undefined || typeof permissions === "function")) {
      throw Object.assign(new Error("permgate: with `router`, give `to`, and an instance or a promise of one"), { code: "invalid-option" });
    }
    const closing = router ? [guardRoutes(router, permissions as AnyPermissions, { ...elsewhere, to: to ?? "/" })] : [];
    // On a server nothing changes, and nothing is unmounted.
    if (typeof document === "undefined") return;
    closing.push(holder.subscribe(() => void (turn.value += 1)), holder.open(bind ? document : undefined));
    app.onUnmount(() => closing.forEach((close) => close()));
  },
};

function useHeld(): Held {
  const held = inject(KEY, null);
  if (held) return held;
  throw Object.assign(new Error("permgate: the application does not use the plugin: `app.use(permgate, { permissions })`"), { code: "no-provider" });
}

/** Follows a value of the permissions. Values that are computed from it are computed again only when it changes. */
function follow<Value>(read: (holder: Holder) => Value): ComputedRef<Value> {
  const { holder, turn } = useHeld();
  return computed(() => (void turn.value, read(holder)));
}

/** Returns a function for templates and computed values, which follow the answer: `const can = useCan()`. */
export function useCan(): <Text extends string>(requirement: RequirementOf<Text, RegisteredName>, resource?: string) => boolean;
/** Whether a requirement is granted, on a resource or in general. */
export function useCan<Text extends string>(requirement: RequirementOf<Text, RegisteredName>, resource?: MaybeRefOrGetter<string | undefined>): ComputedRef<boolean>;
export function useCan(requirement?: string, resource?: MaybeRefOrGetter<string | undefined>): unknown {
  if (requirement !== undefined) return follow((holder) => holder.can(requirement, toValue(resource)));
  const { holder, turn } = useHeld();
  return (asked: string, on?: string) => (void turn.value, holder.can(asked, on));
}

/** Returns a function for templates and computed values, which asks about at least one resource: `const canSomewhere = useCanSomewhere()`. */
export function useCanSomewhere(): <Text extends string>(permission: RequirementOf<Text, RegisteredName>) => boolean;
/** Whether a permission is granted on at least one resource: for menus. */
export function useCanSomewhere<Text extends string>(permission: RequirementOf<Text, RegisteredName>): ComputedRef<boolean>;
export function useCanSomewhere(permission?: string): unknown {
  if (permission !== undefined) return follow((holder) => holder.can(permission, true));
  const { holder, turn } = useHeld();
  return (asked: string) => (void turn.value, holder.can(asked, true));
}

/** The instance, for `signOut`, `fetch` and the like; undefined until it is there. For questions, use `useCan`. */
export function usePermissions(): ComputedRef<Permissions | undefined> {
  return follow((holder) => holder.permissions);
}

/** The status of the set; `loading` until the instance is there. */
export function useStatus(): ComputedRef<Status> {
  return follow((holder) => holder.status);
}

/** The user of the set; undefined while nobody is signed in or the set is being loaded, and where the source names no user. */
export function useSubject(): ComputedRef<string | undefined> {
  return follow((holder) => holder.subject);
}

/** The value of `v-can`: a requirement, or a requirement and a resource. */
export type CanValue = WrittenRequirement | readonly [requirement: WrittenRequirement, resource: string | undefined];

/** The mode of an element that is not granted: `v-can.disable="…"`. */
export type CanMode = "hide" | "disable" | "readonly" | "inert" | "remove";

/** The attributes that permgate's binder reads. */
function attributesOf(value: CanValue, modifiers: Partial<Record<CanMode, boolean>>): Record<string, string | undefined> {
  const [requirement, resource] = typeof value === "string" ? [value] : value;
  return { "data-permission": requirement, "data-permission-resource": resource, "data-permission-mode": Object.keys(modifiers)[0] };
}

function tag(element: Element, { value, modifiers }: { value: CanValue; modifiers: Partial<Record<CanMode, boolean>> }): void {
  for (const [name, text] of Object.entries(attributesOf(value, modifiers))) {
    if (text === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

/** Shows an element if a requirement is granted: `v-can="'invoice:edit'"`, `v-can="['invoice:edit', resource]"`. */
export const vCan: ObjectDirective<Element, CanValue, CanMode> = {
  created: tag,
  beforeUpdate: tag,
  getSSRProps({ value, modifiers, instance }) {
    const { holder } = (instance?.$.appContext.provides as Record<symbol, Held | undefined> | undefined)?.[KEY as symbol] ?? {};
    const isGranted = holder?.can(...((typeof value === "string" ? [value] : value) as [string, string?]));
    return { ...attributesOf(value, modifiers), "data-permission-state": isGranted ? "granted" : undefined };
  },
};

declare module "vue" {
  interface GlobalDirectives {
    vCan: typeof vCan;
  }
}

/** The order in which one of several verdicts decides. */
const WORST_FIRST: readonly Verdict[] = ["unauthenticated", "denied", "failed", "unknown"];

// One object: Vue would write the style again for a new one.
const CONTENTS = { display: "contents" };

/**
 * Guards its content, such as the page in a `RouterView`. While the answer is unknown, as for a moment after a
 * revocation, open content stays mounted, out of view and use, and the slot `fallback` is shown.
 */
export const PermissionGate = defineComponent({
  name: "PermissionGate",
  props: {
    /** The requirement; the gate is open without one. */
    do: String as PropType<WrittenRequirement>,
    /** The resource of the question. */
    on: String,
    /** Asks whether `do`, a permission, is granted on at least one resource; `on` is not used then. */
    somewhere: Boolean,
    /** A route of Vue Router: the gate asks for the requirements in its meta and in that of the routes around it. */
    route: Object as PropType<GuardedRoute>,
  },
  // None of them has to be given; as optional members, their properties could be undefined in templates.
  slots: Object as SlotsType<{
    default: Record<string, never>;
    /** The status of the set, and a function that tries again after a failure. */
    fallback: { status: Status; retry: () => void };
    /** Shown instead when it is denied, or nobody is signed in. */
    denied: Record<string, never>;
  }>,
  setup(props, { slots }) {
    const needs = computed(() => [...(props.do === undefined ? [] : [[props.do, props.somewhere ? true : props.on] as const]), ...(props.route ? needsOf(props.route) : [])]);
    const verdict = follow((holder): Verdict => {
      const verdicts = needs.value.map(([requirement, resource]) => holder.verdict(requirement, resource));
      return WORST_FIRST.find((verdict) => verdicts.includes(verdict)) ?? "granted";
    });
    const asked = computed(() => String(needs.value));
    const status = useStatus();
    const { holder } = useHeld();
    const region = ref<HTMLElement>();
    /** Open content stays until it is denied or the question changes. */
    const wasOpen = ref(false);
    watch([asked, verdict], ([about, verdict], [before]) => {
      const isKept = wasOpen.value && about === before && (verdict === "unknown" || verdict === "failed");
      wasOpen.value = verdict === "granted" || isKept;
    }, { immediate: true, flush: "sync" });
    let open = () => {};
    watch(() => wasOpen.value && verdict.value !== "granted", (isShut) => {
      open();
      open = isShut && region.value ? shut(region.value) : () => {};
    }, { flush: "post" });
    return () => {
      const isOut = verdict.value === "denied" || verdict.value === "unauthenticated";
      const instead = verdict.value === "granted" ? undefined : isOut ? slots.denied?.({}) : slots.fallback?.({ status: status.value, retry: holder.retry });
      // A page about another resource starts again. Vue Router decides about the pages of routes, also whether a layout stays.
      const key = `${props.do}\n${props.on}`;
      return [instead, wasOpen.value ? h("div", { key, ref: region, style: CONTENTS }, slots.default?.({})) : undefined];
    };
  },
});

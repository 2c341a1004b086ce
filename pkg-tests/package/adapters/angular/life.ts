/** The application for features that only Angular has: injectors that are created and destroyed, change detection, `canMatch` and `canDeactivate`. */

import { ApplicationRef, Component, EnvironmentInjector, NgZone, type OnInit, PLATFORM_ID, createEnvironmentInjector, REQUEST_CONTEXT, RESPONSE_INIT, TransferState, inject, provideZoneChangeDetection, runInInjectionContext, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { ActivatedRoute, Router, RouterOutlet, provideRouter } from "@angular/router";
import type { Permissions } from "permgate";
import type { Dehydrated } from "permgate/server";
import { type GivenPermissions, PermgateCan, PermgateOutlet, injectCan, injectPermissions, injectStatus, permissionGuard, permissionMatch, providePermgate } from "permgate/angular";

/** How often a page was asked whether it may be left, and how often the code and the data of a route were loaded. */
const asked = { leave: 0, code: 0, data: 0 };

@Component({ template: `<p [id]="id">{{ id }}</p>` })
class Text {
  readonly id: string = inject(ActivatedRoute).snapshot.data["id"];
}

/** Signs out while Angular checks the templates around it. */
@Component({ selector: "app-sudden", template: `<i id="sudden">{{ may() }}</i>` })
class Sudden implements OnInit {
  readonly may = injectCan("invoice:edit");
  private readonly permissions = injectPermissions();

  ngOnInit(): void {
    this.permissions()?.signOut();
  }
}

@Component({
  selector: "app-root",
  imports: [PermgateCan, PermgateOutlet, RouterOutlet, Sudden],
  template: `
    <b id="status">{{ status() }}</b>
    <i id="before">{{ may() }}</i>
    <button id="edit" *permgateCan="'invoice:edit'; else: no; pending: wait">Edit</button>
    <ng-template #no><i id="no">no</i></ng-template>
    <ng-template #wait><i id="wait">wait</i></ng-template>
    @if (isSudden()) {
      <app-sudden />
    }
    <main [permgateOutlet]="held"><router-outlet /></main>
    <ng-template #held><i id="held">held</i></ng-template>
  `,
})
class Root {
  readonly isSudden = isSudden;
  readonly status = injectStatus();
  readonly may = injectCan("invoice:edit");
}

const isSudden = signal(false);

const routes = [
  { path: "", component: Text, data: { id: "home" } },
  { path: "either", component: Text, canMatch: [permissionMatch("invoice:view")], data: { id: "either" } },
  { path: "either", component: Text, data: { id: "or" } },
  { path: "form", component: Text, canActivate: [permissionGuard("invoice:view", { to: "/" })], canDeactivate: [() => ((asked.leave += 1), false)], data: { id: "form" } },
  {
    path: "lazy",
    canActivate: [permissionGuard("invoice:view", { to: "/" })],
    resolve: { more: () => (asked.data += 1) },
    loadComponent: () => ((asked.code += 1), Promise.resolve(Text)),
    data: { id: "lazy" },
  },
  { path: "twice", component: Text, canActivate: [permissionGuard("invoice:view", { to: "/" }), permissionGuard("invoice:edit", { to: "/" })], data: { id: "twice" } },
];

/** A request that a server answers: its context, and the head of its answer. */
interface Answering {
  readonly context: unknown;
  readonly init: { readonly headers: Headers };
}

/** Renders the application below a node, as a browser does or, without anything that lasts, as a server does. */
export async function start(target: Element, permissions: GivenPermissions, platform?: string, dehydrated?: Dehydrated, answering?: Answering) {
  target.append(document.createElement("app-root"));
  const zone = "Zone" in globalThis ? [provideZoneChangeDetection()] : [];
  const request = answering ? [{ provide: REQUEST_CONTEXT, useValue: answering.context }, { provide: RESPONSE_INIT, useValue: answering.init }] : [];
  const own = platform ? [{ provide: PLATFORM_ID, useValue: platform }, ...request] : [];
  const application = await bootstrapApplication(Root, { providers: [...zone, ...own, provideRouter(routes), providePermgate({ permissions, dehydrated, bind: platform === undefined })] });
  const { injector } = application;
  return {
    asked,
    /** The script element that a server writes into its page, for the browser. */
    state: () => injector.get(TransferState).toJson(),
    go: (path: string) => injector.get(Router).navigateByUrl(path),
    url: () => injector.get(Router).url,
    /** The address of the last navigation that has succeeded, which `@angular/ssr` looks at. */
    lastUrl: () => injector.get(Router).lastSuccessfulNavigation()?.finalUrl?.toString(),
    surprise: () => isSudden.set(true),
    destroy: () => application.destroy(),
    /** Resolves when Angular waits for nothing. */
    stable: async () => {
      await injector.get(ApplicationRef).whenStable();
      return injector.get(NgZone).isStable;
    },
    /** Creates a child injector, returns the answer of its instance, and destroys the injector. */
    below: async (given: Permissions) => {
      const below = createEnvironmentInjector([providePermgate({ permissions: given, bind: false })], injector.get(EnvironmentInjector));
      const may = runInInjectionContext(below, () => injectCan("invoice:edit"))();
      below.destroy();
      return may;
    },
  };
}

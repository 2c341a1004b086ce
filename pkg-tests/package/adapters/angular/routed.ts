/** Angular's router with guarded routes. */

import { Component, inject, provideZoneChangeDetection } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { ActivatedRoute, Router, RouterLink, RouterOutlet, type Routes, provideRouter } from "@angular/router";
import type { Permissions } from "permgate";
import { PermgateOutlet, permissionData, permissionGuard, permissionMatch, providePermgate } from "permgate/angular";

@Component({ template: `<p [id]="id">{{ route.snapshot.queryParams["from"] ?? id }}</p>` })
class Text {
  readonly route = inject(ActivatedRoute);
  readonly id: string = this.route.snapshot.data["id"];
}

@Component({ template: `<form id="page"><input id="note" /></form>` })
class Page {}

@Component({
  selector: "app-root",
  imports: [RouterLink, RouterOutlet, PermgateOutlet],
  template: `
    <a id="to-page" routerLink="/page">page</a>
    <div [permgateOutlet]="waiting"><router-outlet /></div>
    <ng-template #waiting let-status let-retry="retry"><button [id]="status === 'failed' ? 'failed' : 'fallback'" (click)="retry()">{{ status }}</button></ng-template>
  `,
})
class Root {}

const elsewhere = { to: "/", signIn: (wanted: string) => inject(Router).createUrlTree(["/sign-in"], { queryParams: { from: wanted } }) };

const routes: Routes = [
  { path: "", component: Text, data: { id: "home" } },
  { path: "sign-in", component: Text, data: { id: "sign-in" } },
  { path: "page", component: Page, canActivate: [permissionGuard("invoice:view", elsewhere)] },
  { path: "loaded", component: Text, canMatch: [permissionMatch("invoice:view", elsewhere)], data: { id: "loaded" } },
  {
    path: "quotes",
    canMatch: [permissionMatch("quote:view", { ...elsewhere, somewhere: true })],
    canActivate: [permissionGuard("quote:view", { ...elsewhere, somewhere: true })],
    canActivateChild: [permissionGuard(elsewhere)],
    children: [{ path: "", component: Text, data: permissionData("quote:view", { id: "quotes", permissionSomewhere: true }) }],
  },
  { path: "either", component: Text, canMatch: [permissionMatch("invoice:view")], data: { id: "either" } },
  { path: "either", component: Text, data: { id: "or" } },
  {
    path: "invoices",
    canActivateChild: [permissionGuard(elsewhere)],
    children: [{ path: ":id", component: Text, data: permissionData("invoice:edit", { id: "invoice", permissionResource: ({ params }) => `invoices/${params["id"]}` }) }],
  },
];

/** Starts the application with an instance, and gives how to go elsewhere. */
export function start(target: Element, permissions: Permissions) {
  target.append(document.createElement("app-root"));
  const zone = "Zone" in globalThis ? [provideZoneChangeDetection()] : [];
  const application = bootstrapApplication(Root, { providers: [...zone, provideRouter(routes), providePermgate({ permissions })] });
  return async (path: string) => (await application).injector.get(Router).navigateByUrl(path);
}

/** Angular's router for the tests of its guards in jsdom: each option of a guard has a route. */

import { Component, inject, provideZonelessChangeDetection } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { ActivatedRoute, Router, RouterOutlet, type Routes, provideRouter } from "@angular/router";
import type { Permissions } from "permgate";
import { type GuardedRoute, PermgateOutlet, permissionData, permissionGuard, permissionMatch, providePermgate } from "permgate/angular";

@Component({ template: `<p id="page">{{ route.snapshot.url.join("/") }}</p>` })
class Page {
  readonly route = inject(ActivatedRoute);
}

@Component({ imports: [RouterOutlet], template: `<router-outlet />` })
class Around {}

@Component({
  selector: "app-root",
  imports: [RouterOutlet, PermgateOutlet],
  template: `
    <main [permgateOutlet]="waiting"><router-outlet /></main>
    <ng-template #waiting let-status let-retry="retry"><button id="waiting" (click)="retry()">{{ status }}</button></ng-template>
  `,
})
class Root {}

const invoice = ({ params }: GuardedRoute) => `invoices/${params["id"]}`;
const page = (path: string, more: object) => ({ path, component: Page, ...more });
const both = { to: "/no", signIn: "/sign-in" };

const routes: Routes = [
  { path: "", component: Page, pathMatch: "full" },
  ...["no", "sign-in", "sorry", "elsewhere"].map((path) => page(path, {})),
  page("both", { canActivate: [permissionGuard("invoice:view", both)] }),
  page("same", { canActivate: [permissionGuard("invoice:view", { to: "/no" })] }),
  page("failing", { canActivate: [permissionGuard("invoice:view", { to: "/no", failed: "/sorry" })] }),
  page("wanted", { canActivate: [permissionGuard("invoice:view", { to: (wanted) => inject(Router).createUrlTree(["/no"], { queryParams: { wanted } }) })] }),
  { path: "old", redirectTo: "wanted" },
  page("on/:id", { canActivate: [permissionGuard("invoice:edit", { to: "/no", on: invoice })] }),
  page("data-on/:id", { canActivate: [permissionGuard({ to: "/no", on: invoice })], data: permissionData("invoice:edit", { more: "data" }) }),
  page("data-fixed", { canActivate: [permissionGuard({ to: "/no" })], data: permissionData("invoice:edit", { permissionResource: "invoices/7" }) }),
  page("data-none", { canActivate: [permissionGuard({ to: "/no" })] }),
  page("match/:id", { canMatch: [permissionMatch("invoice:edit", { to: "/no", on: invoice })] }),
  { path: "lazy", loadComponent: () => (globalThis as unknown as { arrival: Promise<typeof Page> }).arrival.then(() => Page), canActivate: [permissionGuard("report:view", { to: "/no" })] },
  page("other", { canActivate: [() => true, permissionGuard("invoice:view", both)] }),
  {
    path: "around",
    component: Around,
    canActivateChild: [permissionGuard({ to: "/no" })],
    data: permissionData("invoice:view"),
    children: [
      page("free", {}),
      { path: "deep", component: Around, children: [page("report", { data: permissionData("report:view") })] },
    ],
  },
];

/** Starts the application below a node. */
export async function start(target: Element, permissions: Permissions) {
  target.append(document.createElement("app-root"));
  const application = await bootstrapApplication(Root, { providers: [provideZonelessChangeDetection(), provideRouter(routes), providePermgate({ permissions, bind: false })] });
  const router = application.injector.get(Router);
  return {
    go: (path: string) => router.navigateByUrl(path),
    url: () => router.url,
    settle: () => application.whenStable(),
    destroy: () => application.destroy(),
  };
}

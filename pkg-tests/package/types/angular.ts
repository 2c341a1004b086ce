/** Providers, signals and routes of Angular with registered names: only the lines that end in a mark must not compile. */

import { EnvironmentInjector, inject, signal } from "@angular/core";
import type { Route } from "@angular/router";
import { type Permissions, createPermissions } from "permgate";
import { type PermgateRequestContext, injectCan, injectCanSomewhere, injectPermissions, injectStatus, injectSubject, permissionData, permissionGuard, permissionMatch, providePermgate } from "permgate/angular";
import { evaluate } from "permgate/server";

declare module "permgate" {
  interface Register {
    name: "invoice:view" | "invoice:edit" | "read all";
  }
}

const loading: Promise<Permissions> = createPermissions({ endpoint: "/api/me/permissions" });

export const providers = [
  providePermgate({ permissions: () => loading }),
  providePermgate({ permissions: loading, bind: false }),
  providePermgate({ permissions: () => (inject(EnvironmentInjector), createPermissions({ endpoint: "/api/me/permissions" })) }),
  providePermgate({ permissions: { endpoint: "/api/me/permissions" } }), // wrong: options are not an instance
];

/** The second argument of `handle` of @angular/ssr. */
export const contexts: PermgateRequestContext[] = [
  { permissions: evaluate(null) },
  { permissions: evaluate({ permissions: ["invoice:view"] }) },
  { permissions: evaluate(null).dehydrate() }, // wrong: answers that are asked for while the page renders would be lost
];

export class Program {
  readonly id = signal("invoices/1");
  readonly mayEdit = injectCan("invoice:edit", this.id);
  readonly wrong = injectCan("invoice:eddit"); // wrong: a typing error in a name
  readonly isListed: boolean = injectCanSomewhere("invoice:view")();
  readonly isWrong = injectCanSomewhere("invoice:veiw"); // wrong: a typing error in a name
  readonly status: string = injectStatus()();
  readonly user: string | undefined = injectSubject()();
  readonly nobody = injectSubject()().length; // wrong: nobody may be signed in
  readonly other = injectSubject().set("grace"); // wrong: the user changes by signing in and out
  readonly there = injectPermissions()()?.signOut();
  readonly perhaps = injectPermissions()().signOut(); // wrong: the instance may not exist yet
}

export const routes: Route[] = [
  { path: "a", canActivate: [permissionGuard("invoice:view", { to: "/", signIn: (wanted) => `/sign-in?from=${wanted}`, on: ({ params }) => `invoices/${params["id"]}` })] },
  { path: "b", canMatch: [permissionMatch("invoice:view")] },
  { path: "list", canMatch: [permissionMatch("invoice:view", { somewhere: true })], canActivate: [permissionGuard("invoice:view", { to: "/", somewhere: true })], data: permissionData("invoice:view", { permissionSomewhere: true }) },
  { path: "c", canActivateChild: [permissionGuard({ to: "/" })], children: [{ path: "d", data: permissionData("invoice:view & invoice:edit", { title: "d" }) }] },
  { path: "e", canActivate: [permissionGuard("invoice:veiw", { to: "/" })] }, // wrong: a typing error in a name
  { path: "f", canActivate: [permissionGuard("invoice:view", {})] }, // wrong: the guard needs an address to redirect to
  { path: "g", canMatch: [permissionMatch("invoice:view & invoice:eddit")] }, // wrong: a typing error in one name of several
  { path: "h", data: permissionData("invoice:veiw") }, // wrong: a typing error in a name
  { path: "i", data: permissionData("invoice:view", { permissionResource: 17 }) }, // wrong: a resource is a text
];

export const title: string = permissionData("invoice:view", { title: "page" }).title;

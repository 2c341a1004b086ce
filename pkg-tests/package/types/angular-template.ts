/** Angular templates with registered names: only the lines that end in a mark must not compile. */

import { Component, signal } from "@angular/core";
import type { Permissions } from "permgate";
import { PermgateCan, PermgateOutlet, injectCan, injectCanSomewhere, requirement } from "permgate/angular";

declare module "permgate" {
  interface Register {
    name: "invoice:view" | "invoice:edit" | "read all";
  }
}

@Component({
  selector: "app-program",
  imports: [PermgateCan, PermgateOutlet],
  template: `
    <a *permgateCan="'invoice:view'">…</a>
    <a *permgateCan="'invoice:view & !invoice:edit | role(admin)'; on: id(); else: no; pending: wait; keep: true">…</a>
    <a *permgateCan="both; else: null">…</a>
    <a *permgateCan="'invoice:view'; somewhere: true">…</a>
    <a *permgateCan="'invoice:veiw'; somewhere: true">…</a> // wrong: a typing error in a name
    <a *permgateCan="'invoice:view'; somewhere: 'yes'">…</a> // wrong: not a boolean
    @if (anywhere("invoice:edit")) {…}
    @if (anywhere("invoice:eddit")) {…} // wrong: a typing error in a name
    <a *permgateCan="'invoice:veiw'">…</a> // wrong: a typing error in a name
    <a *permgateCan="'invoice:view & invoice:eddit'">…</a> // wrong: a typing error in one name of several
    <a *permgateCan="'read all'">…</a> // wrong: a name with a space is quoted
    <a *permgateCan="'invoice:view'; on: 17">…</a> // wrong: a resource is a text
    <a *permgateCan="'invoice:view'; else: 'no'">…</a> // wrong: not a template
    @if (may("invoice:edit")) {…}
    @if (may("invoice:eddit")) {…} // wrong: a typing error in a name
    <main [permgateOutlet]="wait">…</main>
    <main permgateOutlet>…</main>
    <main [permgateOutlet]="5">…</main> // wrong: not a template
    <ng-template #no>no</ng-template>
    <ng-template #wait let-status let-retry="retry">{{ status }}</ng-template>
  `,
})
export class Program {
  readonly both = requirement("invoice:view & invoice:edit");
  readonly id = signal("invoices/1");
  readonly may = injectCan();
  readonly anywhere = injectCanSomewhere();
  readonly permissions?: Permissions;
}

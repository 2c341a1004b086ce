/** The application with which the adapter for Angular is tested; `mount` renders it, and counts how often each part is rendered. */

import { ApplicationRef, ChangeDetectionStrategy, Component, NgZone, provideZoneChangeDetection, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import type { GivenPermissions } from "permgate/angular";
import { PermgateCan, injectCan, injectCanSomewhere, injectPermissions, injectStatus, providePermgate } from "permgate/angular";

const renders = { edit: 0 };
const resource = signal<string | undefined>(undefined);

@Component({ selector: "app-edit", changeDetection: ChangeDetectionStrategy.OnPush, template: `{{ count() }}@if (mayEdit()) {<button id="edit">Edit</button>}` })
class Edit {
  readonly mayEdit = injectCan("invoice:edit");

  count(): string {
    renders.edit += 1;
    return "";
  }
}

@Component({
  selector: "app-root",
  imports: [Edit, PermgateCan],
  template: `
    <b id="status">{{ status() }} {{ permissions() ? "there" : "none" }}</b>
    @if (can("invoice:delete")) {
      <button id="delete">Delete</button>
    }
    <app-edit />
    <i id="scoped">{{ mayEdit() }}</i>
    <form id="page" *permgateCan="'invoice:view'; on: resource(); keep: true; else: left; pending: fallback"><input id="note" /></form>
    <ng-template #left><p id="left">left</p></ng-template>
    <ng-template #fallback let-status let-retry="retry"><button id="fallback" (click)="retry()">{{ status }}</button></ng-template>
    @if (canSomewhere("quote:view")) {
      <a id="menu">Quotes</a>
    }
    @if (mayViewQuotes()) {
      <a id="entry">Quotes</a>
    }
    <p id="list" *permgateCan="'quote:view'; somewhere: true">Quotes</p>
    <a id="tagged" data-permission="invoice:edit">tagged</a>
    <input id="disabled" data-permission="invoice:edit" [attr.data-permission-resource]="resource()" data-permission-mode="disable" />
  `,
})
class Root {
  readonly resource = resource;
  readonly status = injectStatus();
  readonly permissions = injectPermissions();
  readonly can = injectCan();
  readonly canSomewhere = injectCanSomewhere();
  readonly mayViewQuotes = injectCanSomewhere("quote:view");
  readonly mayEdit = injectCan("invoice:edit", resource);
}

/** Renders the application below a node. */
export function mount(target: Element, { permissions, bind = false, resource: on }: { permissions: GivenPermissions; bind?: boolean; resource?: string }) {
  resource.set(on);
  target.append(document.createElement("app-root"));
  const zone = "Zone" in globalThis ? [provideZoneChangeDetection()] : [];
  const application = bootstrapApplication(Root, { providers: [...zone, providePermgate({ permissions, bind })] });
  return {
    renders,
    set: (given: { resource?: string }) => resource.set(given.resource),
    unmount: async () => (await application).destroy(),
    /** Resolves when Angular has nothing left to wait for, with whether that happens in Angular's zone. */
    stable: async () => {
      const { injector } = await application;
      await injector.get(ApplicationRef).whenStable();
      return injector.get(NgZone).isStable;
    },
  };
}

/** Angular's directive around a router outlet: pages stay while their permission is unknown, out of view and use. */

import * as i0 from "@angular/core";
import { ElementRef, ViewContainerRef, effect, inject, signal, untracked } from "@angular/core";
import { shut } from "./adapter.js";
import { Instead, type InsteadTemplate } from "./angular-can.js";
import { injectHeld } from "./angular-held.js";
import { injectRoutes } from "./angular-routes.js";

/**
 * For an element around a `<router-outlet>`: `<main [permgateOutlet]="waiting">`. While the answer for an open route is
 * unknown, as for a moment after a revocation, the element is shut, and the template is shown beside it.
 */
export class PermgateOutlet {
  readonly #instead = signal<InsteadTemplate>(undefined);

  /** Shown instead: a template, or nothing. */
  set permgateOutlet(template: InsteadTemplate | "") {
    this.#instead.set(template || undefined);
  }

  constructor() {
    const held = injectHeld();
    const { verdict } = injectRoutes();
    const region: HTMLElement = inject(ElementRef).nativeElement;
    const instead = new Instead(inject(ViewContainerRef), held);
    let open: (() => void) | undefined;
    effect(() => {
      const isOpen = verdict() === "granted";
      const template = isOpen ? undefined : this.#instead();
      if (isOpen) open = open?.() as undefined;
      else if (held.isOpen) open ??= shut(region);
      untracked(() => instead.show(template));
    });
  }

  static ɵfac: i0.ɵɵFactoryDeclaration<PermgateOutlet, never> = i0.ɵɵngDeclareFactory({
    minVersion: "12.0.0",
    version: "21.0.0",
    ngImport: i0,
    type: PermgateOutlet,
    deps: [],
    target: i0.ɵɵFactoryTarget.Directive,
  } as never) as never;
  static ɵdir: i0.ɵɵDirectiveDeclaration<
    PermgateOutlet,
    "[permgateOutlet]",
    never,
    { "permgateOutlet": { alias: "permgateOutlet"; required: false } },
    {},
    never,
    never,
    true,
    never
  > = i0.ɵɵngDeclareDirective({
    minVersion: "14.0.0",
    version: "21.0.0",
    type: PermgateOutlet,
    isStandalone: true,
    selector: "[permgateOutlet]",
    inputs: { permgateOutlet: "permgateOutlet" },
    ngImport: i0,
  } as never) as never;
}

/** The application for the tests of `*permgateCan` in jsdom: one element, with every option under the test's control. */

import { CSP_NONCE, Component, PLATFORM_ID, createEnvironmentInjector, effect, provideZonelessChangeDetection, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import type { Permissions } from "permgate";
import { PermgateCan, injectCan, injectSubject, providePermgate } from "permgate/angular";

/** The options of the element. */
interface Options {
  readonly requirement?: string;
  readonly resource?: string | null;
  readonly keep?: boolean | null;
  readonly hasElse?: boolean;
  readonly hasPending?: boolean;
}

const options = signal<Options>({});

/** How often an effect has followed the user. */
export const renders = { user: 0 };

@Component({
  selector: "app-root",
  imports: [PermgateCan],
  template: `
    <ng-container *permgateCan="requirement(); on: options().resource; keep: options().keep; else: options().hasElse === false ? null : left; pending: options().hasPending === false ? null : fallback">
      some text
      <input id="note" />
    </ng-container>
    <u>{{ user() }}</u>
    <ng-template #left><p id="left"></p></ng-template>
    <ng-template #fallback let-status let-retry="retry"><button id="fallback" (click)="retry()">{{ status }}</button></ng-template>
  `,
})
class Root {
  readonly options = options;
  readonly user = injectSubject();

  constructor() {
    effect(() => {
      this.user();
      renders.user += 1;
    });
  }

  requirement(): never {
    return (options().requirement ?? "invoice:view") as never;
  }
}

/** Renders the application below a node. */
export async function mount(target: Element, { permissions, ...given }: Options & { permissions: Permissions }) {
  options.set(given);
  target.append(document.createElement("app-root"));
  const application = await bootstrapApplication(Root, { providers: [provideZonelessChangeDetection(), providePermgate({ permissions, bind: false })] });
  await application.whenStable();
  return {
    set: async (given: Options) => {
      options.set(given);
      await application.whenStable();
    },
    settle: () => application.whenStable(),
    /** Provides the permissions to an injector below, which binds the page, on a platform; returns a function that ends it. */
    provide: (platform: string, nonce?: string) => {
      const own = [{ provide: PLATFORM_ID, useValue: platform }, { provide: CSP_NONCE, useValue: nonce ?? null }];
      const below = createEnvironmentInjector([...own, providePermgate({ permissions })], application.injector);
      return () => below.destroy();
    },
    unmount: () => application.destroy(),
  };
}

/** What an injector without the provider throws. */
export async function withoutProvider() {
  const application = await bootstrapApplication(Lonely, { providers: [provideZonelessChangeDetection()] });
  application.destroy();
  return thrown;
}

let thrown: unknown;

@Component({ selector: "app-lonely", template: "" })
class Lonely {
  constructor() {
    try {
      injectCan();
    } catch (error) {
      thrown = error;
    }
  }
}

/** The header of all pages, and the page, which stays while its permission is unknown. */

import { Component } from '@angular/core';
import { RouterLink, RouterOutlet } from '@angular/router';
import { PermgateCan, PermgateOutlet, injectPermissions, injectStatus } from 'permgate/angular';
import { signIn, signOut } from './actions.js';

@Component({
  selector: 'app-root',
  imports: [RouterLink, RouterOutlet, PermgateCan, PermgateOutlet],
  template: `
    <header>
      <p>Permissions: <b data-testid="status">{{ status() }}</b></p>
      <button data-testid="sign-in" [disabled]="!permissions()" (click)="signIn()">Sign in</button>
      <button data-testid="sign-out" [disabled]="!permissions()" (click)="signOut()">Sign out</button>
      <nav>
        <a routerLink="/" data-testid="nav-home">Home</a>
        <a *permgateCan="'invoice:view'" routerLink="/invoices" data-testid="nav-invoices" data-gated>Invoices</a>
      </nav>
    </header>
    <main [permgateOutlet]="waiting"><router-outlet /></main>
    <ng-template #waiting let-status><p>Permissions: {{ status }} …</p></ng-template>
  `,
})
export class App {
  protected readonly status = injectStatus();
  protected readonly permissions = injectPermissions();

  protected async signIn(): Promise<void> {
    const permissions = this.permissions();
    if (permissions) await signIn(permissions);
  }

  protected async signOut(): Promise<void> {
    const permissions = this.permissions();
    if (permissions) await signOut(permissions);
  }
}

/** The header of all pages. Guards run again whenever the permissions change. */

import { Component, inject } from '@angular/core';
import { Router, RouterLink, RouterOutlet } from '@angular/router';
import { signIn, signOut } from './actions.js';
import { PermissionStore } from './permission-store';

@Component({
  selector: 'app-root',
  imports: [RouterLink, RouterOutlet],
  template: `
    <header>
      <p>Permissions: <b data-testid="status">{{ store.held()?.status }}</b></p>
      <button data-testid="sign-in" (click)="signIn()">Sign in</button>
      <button data-testid="sign-out" (click)="signOut()">Sign out</button>
      <nav>
        <a routerLink="/" data-testid="nav-home">Home</a>
        <a routerLink="/invoices" data-testid="nav-invoices" data-permission="invoice:view">Invoices</a>
      </nav>
    </header>
    <main>
      <router-outlet />
    </main>
  `,
})
export class App {
  protected readonly store = inject(PermissionStore);
  private readonly router = inject(Router);

  constructor() {
    this.store.permissions.subscribe(() => {
      // Where a navigation is under way, it begins anew.
      const url = this.router.currentNavigation()?.extractedUrl ?? this.router.url;
      void this.router.navigateByUrl(url, { onSameUrlNavigation: 'reload' });
    });
  }

  protected signIn(): Promise<void> {
    return signIn(this.store.permissions);
  }

  protected signOut(): Promise<void> {
    return signOut(this.store.permissions);
  }
}

/** The application's one instance as a service, and what it holds as a signal. */

import { Injectable, signal } from '@angular/core';
import { createPermissions, type Permissions, type Snapshot } from 'permgate';
import { options } from './actions.js';

@Injectable({ providedIn: 'root' })
export class PermissionStore {
  permissions!: Permissions;
  readonly held = signal<Snapshot | null>(null);

  async start(): Promise<void> {
    this.permissions = await createPermissions(options());
    this.permissions.bind(document);
    this.permissions.subscribe(() => this.held.set(this.permissions.snapshot()));
    this.held.set(this.permissions.snapshot());
  }
}

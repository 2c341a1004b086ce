/** The home page: three buttons, rows on resources, an action. */

import { Component, inject, signal } from '@angular/core';
import { createInvoice } from './actions.js';
import { PermissionStore } from './permission-store';

@Component({
  selector: 'app-home',
  template: `
    <section data-testid="page-home">
      <button data-testid="create" data-permission="invoice:create">Create</button>
      <button data-testid="remove" data-permission="invoice:delete">Remove</button>
      <button data-testid="payroll" data-permission="payroll:view">Payroll</button>
      <table>
        <tbody>
          @for (number of rows(); track number) {
            <tr [attr.data-permission-resource]="'quotes/' + number">
              <td>Quote {{ number }}</td>
              <td><button [attr.data-testid]="'edit-' + number" data-permission="quote:edit">Edit</button></td>
            </tr>
          }
        </tbody>
      </table>
      <button data-testid="add-row" (click)="addRow()">Add a row</button>
      <button data-testid="save" (click)="save()">Save</button>
      <output data-testid="result">{{ result() }}</output>
    </section>
  `,
})
export class Home {
  private readonly store = inject(PermissionStore);
  protected readonly rows = signal([1, 2, 3]);
  protected readonly result = signal('');

  protected addRow(): void {
    this.rows.update((rows) => [...rows, rows.length + 1]);
  }

  protected async save(): Promise<void> {
    this.result.set(await createInvoice(this.store.permissions));
  }
}

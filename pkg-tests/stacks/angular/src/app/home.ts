/** The home page: three buttons, rows on resources, an action. */

import { Component, signal } from '@angular/core';
import { PermgateCan, injectCan, injectPermissions } from 'permgate/angular';
import { createInvoice } from './actions.js';

@Component({
  selector: 'app-home',
  imports: [PermgateCan],
  template: `
    <section data-testid="page-home">
      <button *permgateCan="'invoice:create'" data-testid="create" data-gated>Create</button>
      @if (mayRemove()) {
        <button data-testid="remove" data-gated>Remove</button>
      }
      <button data-permission="payroll:view" data-testid="payroll">Payroll</button>
      <table>
        <tbody>
          @for (number of rows(); track number) {
            <tr>
              <td>Quote {{ number }}</td>
              <td><button *permgateCan="'quote:edit'; on: 'quotes/' + number" [attr.data-testid]="'edit-' + number" data-gated>Edit</button></td>
            </tr>
          }
        </tbody>
      </table>
      <button data-testid="add-row" (click)="addRow()">Add a row</button>
      <button data-testid="save" [disabled]="!permissions()" (click)="save()">Save</button>
      <output data-testid="result">{{ result() }}</output>
    </section>
  `,
})
export class Home {
  protected readonly mayRemove = injectCan('invoice:delete');
  protected readonly rows = signal([1, 2, 3]);
  protected readonly result = signal('');
  protected readonly permissions = injectPermissions();

  protected addRow(): void {
    this.rows.update((rows) => [...rows, rows.length + 1]);
  }

  protected async save(): Promise<void> {
    const permissions = this.permissions();
    if (permissions) this.result.set(await createInvoice(permissions));
  }
}

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
      <button data-permission="invoice:delete" data-testid="remove">Remove</button>
      @if (maySeePayroll()) {
        <button data-testid="payroll" data-gated>Payroll</button>
      }
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
      <button data-testid="save" (click)="save()">Save</button>
      <output data-testid="result">{{ result() }}</output>
    </section>
  `,
})
export class Home {
  protected readonly maySeePayroll = injectCan('payroll:view');
  protected readonly rows = signal([1, 2, 3]);
  protected readonly result = signal('');
  private readonly permissions = injectPermissions();

  protected addRow(): void {
    this.rows.update((rows) => [...rows, rows.length + 1]);
  }

  protected async save(): Promise<void> {
    const permissions = this.permissions();
    if (permissions) this.result.set(await createInvoice(permissions));
  }
}

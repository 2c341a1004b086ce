/** The routes, and the permissions that they need. */

import { Routes } from '@angular/router';
import { permissionGuard } from 'permgate/angular';
import { Gated } from './gated';
import { Home } from './home';

export const routes: Routes = [
  { path: '', component: Home },
  { path: 'invoices', component: Gated, canActivate: [permissionGuard('invoice:view', { to: '/' })], data: { testId: 'page-invoices' } },
  { path: 'payroll', component: Gated, canActivate: [permissionGuard('payroll:view', { to: '/' })], data: { testId: 'page-payroll' } },
];

/** The routes, and the guard that asks for their permission. */

import { inject } from '@angular/core';
import { type CanActivateFn, RedirectCommand, Router, Routes } from '@angular/router';
import { mustLeave } from './actions.js';
import { Gated } from './gated';
import { Home } from './home';
import { PermissionStore } from './permission-store';

const permissionGuard: CanActivateFn = async (route) => {
  const { permissions } = inject(PermissionStore);
  const router = inject(Router);
  await permissions.whenReady();
  return mustLeave(permissions, route.data['requirement']) ? new RedirectCommand(router.parseUrl('/')) : true;
};

const gated = (requirement: string, testId: string) => ({
  component: Gated,
  canActivate: [permissionGuard],
  runGuardsAndResolvers: 'always' as const,
  data: { requirement, testId },
});

export const routes: Routes = [
  { path: '', component: Home },
  { path: 'invoices', ...gated('invoice:view', 'page-invoices') },
  { path: 'payroll', ...gated('payroll:view', 'page-payroll') },
];

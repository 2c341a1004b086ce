/** The application's one instance, made from the document that the page carries, and the names that its permissions have. */

import { createPermissions } from 'permgate';
import { providePermgate } from 'permgate/angular';
import { options } from './actions.js';

declare module 'permgate' {
  interface Register {
    name: 'invoice:view' | 'invoice:create' | 'invoice:delete' | 'payroll:view' | 'quote:edit';
  }
}

export const permissions = providePermgate({
  permissions: (bootstrap) => createPermissions(options(bootstrap)),
});

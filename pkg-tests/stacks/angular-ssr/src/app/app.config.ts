/** The providers: the permissions, the router, and hydration. */

import { ApplicationConfig, provideBrowserGlobalErrorListeners } from '@angular/core';
import { provideClientHydration, withEventReplay } from '@angular/platform-browser';
import { provideRouter } from '@angular/router';

import { routes } from './app.routes';
import { permissions } from './permissions';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    permissions,
    provideRouter(routes),
    provideClientHydration(withEventReplay()),
  ],
};

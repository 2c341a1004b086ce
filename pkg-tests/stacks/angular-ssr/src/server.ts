/** The server: files, its decisions for a user, and pages with the permissions of the request's user. */

import { AngularNodeAppEngine, createNodeRequestHandler, isMainModule, writeResponseToNodeResponse } from '@angular/ssr/node';
import express from 'express';
import { join } from 'node:path';
import { evaluate } from 'permgate/server';
import { documentOf, rightsOf } from './rights.js';

const browserDistFolder = join(import.meta.dirname, '../browser');

const app = express();
const angularApp = new AngularNodeAppEngine();

app.use(express.static(browserDistFolder, { maxAge: '1y', index: false, redirect: false }));

app.get('/rights', async (req, res) => {
  res.json(await rightsOf(req.headers.cookie ?? ''));
});

app.use(async (req, res, next) => {
  const document = await documentOf(req.headers.cookie ?? '').catch(() => undefined); // null: nobody is signed in
  const response = await angularApp.handle(req, document === undefined ? {} : { permissions: evaluate(document) });
  if (response) await writeResponseToNodeResponse(response, res);
  else next();
});

if (isMainModule(import.meta.url)) {
  app.listen(Number(process.env['PORT'] ?? 4000), '127.0.0.1');
}

export const reqHandler = createNodeRequestHandler(app);

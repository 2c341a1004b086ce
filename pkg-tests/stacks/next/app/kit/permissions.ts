/** A back end on `permgate/backend/next`: the users are in memory, and the header `Authorization` names the user. */

import { createBackend } from "permgate/backend";
import { forNext } from "permgate/backend/next";

const FIRST = { version: 1, permissions: ["invoice:view"], grants: [{ permission: "invoice:edit", resource: "invoices/42", effect: "allow" }] };

function create() {
  const users = new Map([["u-1", FIRST]]);
  const backend = createBackend({
    identify: (request) => {
      const subject = /^Bearer (u-\d+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
      return subject === undefined ? null : { subject };
    },
    load: async (subject) => users.get(subject) ?? null,
  });
  return { users, backend };
}

// In development, Next may run this module once for each route, and again after an edit. All routes must share
// one back end: a stream gets only the changes that are announced to its own back end.
const shared = globalThis as typeof globalThis & { kit?: ReturnType<typeof create> };
export const { users, backend } = (shared.kit ??= create());
export const permissions = forNext(backend);

/** Answers users who may edit the invoice in the address. */

import { permissions } from "../../permissions";

export const GET = permissions.require(
  "invoice:edit",
  async (_request: Request, { params }: { params: Promise<{ id: string }> }) => Response.json({ id: (await params).id }),
  { resource: "invoices/{id}" },
);

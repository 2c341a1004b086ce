/** A gated page. */

import { Gated } from "../gated";

export default function Page() {
  return <Gated requirement="invoice:view" testId="page-invoices" />;
}

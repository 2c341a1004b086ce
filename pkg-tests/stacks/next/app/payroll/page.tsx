/** A gated page. */

import { Gated } from "../gated";

export default function Page() {
  return <Gated requirement="payroll:view" testId="page-payroll" />;
}

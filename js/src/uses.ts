/** How the parts around an instance call its module. */

import type { Engine } from "#glue";

/** Something that leads to the module of an instance. */
export interface UsesEngine {
  /** Calls the module; gives `otherwise` where there is none, or where it crashes. */
  use<Answer, Otherwise>(call: (engine: Engine) => Answer, otherwise: Otherwise): Answer | Otherwise;
}

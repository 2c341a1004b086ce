/** How the parts around an instance call its module. */

import type { Engine } from "#glue";

/** An object that leads to the module of an instance. */
export interface UsesEngine {
  /** Calls the module; returns `otherwise` if there is none, or if it crashes. */
  use<Answer, Otherwise>(call: (engine: Engine) => Answer, otherwise: Otherwise): Answer | Otherwise;
}

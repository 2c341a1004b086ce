/** The chunk `whole.js`: the functions that call the whole build of the module. Pages for which the other build is enough never load it. */

export { Engine, abandon, init, restart } from "#glue";
export { standalone } from "./standalone.js";

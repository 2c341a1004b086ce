/** The chunk `refusal.js`: modes, dialogs, and what the user may do to refused elements. Loaded by `chunks.ts`. */

export { ATTRIBUTES, equipment } from "#refusal";

/** The chunk `refusal.js`: modes, dialogs, and the actions of users on refused elements. Loaded by `chunks.ts`. */

export { ATTRIBUTES, equipment } from "#refusal";

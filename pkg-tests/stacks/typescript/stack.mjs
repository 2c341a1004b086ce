/** All minor versions of TypeScript that are supported, on the tests of the declarations; continuous integration runs three of these versions. */

export default {
  title: "TypeScript 5.2 to 7.0",
  order: 55,
  note: "the declarations of every entry, and programs with wrong names in `can`, components, guards and route meta, each of which must be an error",
  versions: ["5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "5.8", "5.9", "6.0", "7.0"].map((version) => `typescript-${version}`),
  unit: { test: ["node", "run.mjs"] },
};

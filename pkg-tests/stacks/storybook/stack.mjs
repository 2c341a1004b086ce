/** Storybook with its builder for Vite, and its addon for Vitest: `npx storybook@latest init`. */

export default {
  title: "Storybook 10, Vite",
  order: 53,
  note: "the guide's stories, in a browser by the Vitest addon; Node.js 22, which Vitest 5 needs",
  asDevDependency: true,
  versions: ["storybook", "@storybook/react-vite", "vitest"],
  unit: { test: ["node", "run.mjs"] },
};

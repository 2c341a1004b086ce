/** The stories of `src/`, with React and Vite. */

export default {
  framework: "@storybook/react-vite",
  stories: ["../src/*.stories.jsx"],
  addons: ["@storybook/addon-vitest"],
};

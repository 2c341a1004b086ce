/** The guide's stories once more, each with a check of the elements that it shows. */

import { expect } from "storybook/test";
import guide, * as stories from "./button.stories.jsx";

export default { ...guide, title: "Checked" };

const shows = (text) => async ({ canvas }) => {
  await expect(canvas.getByText(text)).toBeVisible();
};

export const Granted = { ...stories.Granted, play: shows("Edit") };
export const Denied = { ...stories.Denied, play: shows("may not") };
export const Unknown = { ...stories.Unknown, play: shows("wait") };

/** A tagged element is bound by the decorator, and hidden where it is not granted. */
const tagged = () => <button data-permission="invoice:edit">Tagged</button>;

export const TaggedGranted = { ...stories.Granted, render: tagged, play: shows("Tagged") };
export const TaggedDenied = {
  ...stories.Denied,
  render: tagged,
  play: async ({ canvas }) => {
    await expect(canvas.getByText("Tagged")).not.toBeVisible();
  },
};

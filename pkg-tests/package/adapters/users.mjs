/** What every adapter shows of the user who is signed in. */

import assert from "node:assert/strict";

/** The document with which the page begins. */
export const AS_GRACE = { subject: "grace", permissions: ["invoice:view"] };

/**
 * Checks that the user follows all changes of user, and that no other change renders the user anew: `renders.user` counts
 * that, `user()` is the text that the page shows, and `settle()` waits until the page has followed a change. Returns the
 * function that says whether a change has rendered the user.
 */
export async function followUsers({ permissions, settle, user, renders }) {
  const isRendered = async (change) => {
    const before = renders.user;
    change();
    await settle();
    return renders.user > before;
  };
  assert.equal(await user(), "grace");
  assert.equal(await isRendered(() => permissions.grant("report:view")), false);
  assert.equal(await isRendered(() => permissions.setStatus("stale")), false);
  assert.equal(await user(), "grace");
  assert.equal(await isRendered(() => permissions.setDocument({ ...AS_GRACE, subject: "ada" })), true);
  assert.equal(await user(), "ada");
  assert.equal(await isRendered(() => permissions.setStatus("unauthenticated")), true);
  assert.equal(await user(), "");
  permissions.setStatus("fresh");
  assert.equal(await user(), "ada");
  // A source need not name its user.
  permissions.setDocument(["invoice:view"]);
  assert.equal(await user(), "");
  return isRendered;
}

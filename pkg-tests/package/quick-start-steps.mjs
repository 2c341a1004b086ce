/** Shared by the tests of the quick starts: the guides' back end, their commands, and steps in a page. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { PACKAGE } from "../support/permgate-folder.mjs";
import { freePort, start } from "../support/processes.mjs";

/** Starts the back end by the path that the guide prints; returns the address that the back end prints. */
export async function startBackend() {
  const running = start(process.execPath, [join(PACKAGE, "docs/contract/demo.mjs")], { PORT: String(await freePort()) });
  return running.line(/listens on (http:\S+)$/);
}

/** The commands of a guide for a back end at an address: ada has signed in, and can revoke and grant, and, where the guide has one command more, grant on one row. */
export async function commandsOf(text, printed, backend, kinds = "cbb") {
  const commands = [...text.matchAll(/^ *curl -([cb]) ada\.cookie (-X PUT )?-H "Content-Type: application\/json" -d '(.*)' (\S+)$/gm)];
  assert.deepEqual(commands.map(([, kind]) => kind).join(""), kinds);
  let cookie = "";
  const run = async ([, , put, body, address]) => {
    assert.ok(address.startsWith(printed));
    const answer = await fetch(address.replace(printed, backend), { method: put ? "PUT" : "POST", headers: { "content-type": "application/json", cookie }, body });
    assert.equal(answer.status, 204);
    cookie ||= answer.headers.getSetCookie()[0].split(";")[0];
  };
  const [signIn, revoke, grant, grantRow] = commands.map((command) => () => run(command));
  await signIn();
  return { revoke, grant, grantRow };
}

/** Fills the form of the sign-in for grace, and sends it. */
export async function enter(page, password) {
  await page.getByLabel("User").fill("grace");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** While the permissions cannot be loaded, the alert is all that a page shows: nothing beside it seems to be loading. */
export async function showAlertAlone(page, address) {
  await page.route(/\/api\/me\/permissions$/, (route) => route.fulfill({ status: 503 }));
  await page.goto(address);
  await page.getByRole("alert").filter({ hasText: "could not be loaded" }).waitFor();
  assert.deepEqual([await page.getByText("…").count(), await page.getByRole("heading").count()], [0, 0]);
}

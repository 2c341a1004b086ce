/** Starts Chromium, Firefox and WebKitGTK by their drivers, one at a time, and ends them in all cases. */

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { Builder } from "selenium-webdriver";
import { program as chromiumProgram } from "./chromium.mjs";
import { DEADLINE_MS, until, within } from "./deadline.mjs";
import { endAll, freePort, start } from "./processes.mjs";

/** Switches the browser's own activities off: no sync, no updates, no first-run pages, no QUIC. */
const CHROMIUM_FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
];

/** The same for Firefox, in which each has a preference of its own. */
const FIREFOX_PREFERENCES = {
  "app.update.enabled": false,
  "browser.region.network.url": "",
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "toolkit.telemetry.enabled": false,
};

/** The engines by name; each function sets in `session` the address of its driver and the capabilities to request. */
const ENGINES = {
  async chromium(session) {
    const driver = start(find("CHROMEDRIVER", ["/usr/bin/chromedriver"]), ["--port=0"]);
    session.port = await driver.line(/started successfully on port (\d+)/);
    session.capabilities = {
      browserName: "chrome",
      "goog:chromeOptions": { binary: chromiumProgram(), args: [...CHROMIUM_FLAGS, `--user-data-dir=${session.profile}`] },
    };
  },
  async firefox(session) {
    const binary = find("FIREFOX", ["/usr/bin/firefox-esr", "/usr/bin/firefox"]);
    const driver = start(find("GECKODRIVER", ["/usr/bin/geckodriver", ...built("geckodriver")]), [
      "--port", "0", "--websocket-port", "0", "--allow-system-access", "--profile-root", session.profile,
    ]);
    session.port = await driver.line(/Listening on [\d.]+:(\d+)/);
    session.capabilities = {
      browserName: "firefox",
      "moz:firefoxOptions": { binary, args: ["-headless"], prefs: FIREFOX_PREFERENCES },
    };
  },
  async webkit(session) {
    const binary = find("MINIBROWSER", installed("MiniBrowser"));
    // Without a display the driver would wait for ever. This one chooses its number itself, and
    // prints it when it is ready.
    const display = start(find("XVFB", ["/usr/bin/Xvfb"]), ["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]);
    const number = await display.line(/^(\d+)$/);
    session.port = await freePort();
    start(find("WEBKITDRIVER", ["/usr/bin/WebKitWebDriver"]), [`--port=${session.port}`], {
      DISPLAY: `:${number}`,
      XDG_DATA_HOME: session.profile,
      XDG_CACHE_HOME: session.profile,
      XDG_CONFIG_HOME: session.profile,
    });
    session.capabilities = {
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary, args: ["--automation"] },
    };
  },
};

/** The engines to test: all, unless the variable ENGINES names some. */
export const NAMES = (process.env.ENGINES ?? "chromium firefox webkit").split(/[ ,]+/);

/**
 * Defines the same tests for every engine. `define` gets an object with the `name` of the engine, with its
 * `driver` while the tests run, and with `restart()`, which starts a fresh browser.
 */
export function forEachEngine(define) {
  for (const name of NAMES) {
    if (!(name in ENGINES)) throw new Error(`there is no engine \`${name}\`; there are ${Object.keys(ENGINES).join(", ")}`);
    describe(name, () => {
      const engine = { name, driver: undefined, restart };
      let stop = () => undefined;
      async function restart() {
        await stop();
        ({ driver: engine.driver, stop } = await launch(name));
      }
      before(restart);
      after(() => stop());
      define(engine);
    });
  }
}

/** Starts an engine: returns its driver (selenium-webdriver), and `stop`, which ends all of its processes. */
export async function launch(name) {
  const session = { profile: mkdtempSync(join(tmpdir(), `permgate-${name}-`)) };
  const tidy = () => rmSync(session.profile, { recursive: true, force: true, maxRetries: 5 });
  // This also runs after an error outside of all tests, when the processes have already ended.
  process.once("exit", tidy);
  let driver;
  const stop = async () => {
    // The driver may hang, or have ended: its processes are ended below.
    if (driver) await within("the end of the session", driver.quit(), { deadlineMs: 10_000 }).catch(() => undefined);
    await endAll();
    process.off("exit", tidy);
    tidy();
  };
  try {
    await ENGINES[name](session);
    const address = `http://127.0.0.1:${session.port}`;
    await until(`${name}'s driver answers`, async () => (await fetch(`${address}/status`)).ok);
    const building = new Builder().disableEnvironmentOverrides().usingServer(address).withCapabilities(session.capabilities);
    driver = await within(`a session of ${name}`, Promise.resolve(building.build()));
    await driver.manage().setTimeouts({ script: DEADLINE_MS, pageLoad: DEADLINE_MS, implicit: 0 });
    return { driver, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The program that a variable names, or the first one that exists. */
function find(variable, places) {
  const named = process.env[variable];
  if (named && !existsSync(named)) throw new Error(`${variable} names \`${named}\`, which does not exist`);
  const found = named || places.find((path) => existsSync(path));
  if (!found) throw new Error(`none of ${places.join(", ")} exists; install it, or name it in the variable ${variable}`);
  return found;
}

/** The folders of Debian for files that depend on the processor. */
function installed(name) {
  return below("/usr/lib").flatMap((folder) => [join(folder, "webkit2gtk-4.1", name), join(folder, "webkitgtk-6.0", name)]);
}

/** The folder with the output of `cargo xtask`. */
function built(name) {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "permgate/tools");
  return below(cache).filter((folder) => folder.startsWith(join(cache, `${name}-`))).map((folder) => join(folder, "bin", name));
}

function below(folder) {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

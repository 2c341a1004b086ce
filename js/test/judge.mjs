/** The guard by itself, built from its source, and a judge whose verdicts a test sets. */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));

const { outputFiles } = await build({
  entryPoints: [join(HERE, "../src/guard.ts")],
  bundle: true,
  format: "esm",
  write: false,
  // One file, as for Node.js; the guard does not need the binder.
  plugins: [
    {
      name: "chunks",
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^\.\/chunks\.js$/ }, () => ({ path: join(HERE, "../src/chunks-here.ts") }));
        onResolve({ filter: /^#refusal$/ }, ({ path }) => ({ path, namespace: "none" }));
        onLoad({ filter: /./, namespace: "none" }, () => ({ contents: "" }));
      },
    },
  ],
});
const text = Buffer.from(outputFiles[0].contents).toString("base64");

/** A copy of the guard; each name has its own copy. */
export async function copy(name) {
  const { Guard } = await import(`data:text/javascript;base64,${text}#${name}`);
  return Guard;
}

export const PASS = 0;
export const REPLAY = 1;
export const WAIT = 2;

/** Numbers credentials as the session does, and records the responses that the guard reports. */
export class Judge {
  now = 1;
  first = 1;
  isRenewing = false;
  token = null;
  observations = [];
  refusals = [];
  seenTokens = [];

  ticket = () => this.now;
  observe = (status, version, challenge, ticket, isReplay) => {
    this.observations.push({ status, version, challenge, ticket, isReplay });
    if (status === 401 && !isReplay && ticket === this.now) this.isRenewing = true;
  };
  verdict = (ticket) => {
    if (ticket < this.first) return PASS;
    if (this.isRenewing) return WAIT;
    return ticket < this.now ? REPLAY : PASS;
  };
  hasToken = () => this.token !== null;
  bearer = () => (typeof this.token === "function" ? this.token() : this.token);
  seen = (token) => this.seenTokens.push(token);
  signs = () => false;
  headers = () => undefined;
  heed = () => false;
  wantsForbidden = () => true;
  forbidden = (event) => this.refusals.push(event);

  /** Replaces the credentials by others of the same user, without calling the guard. */
  renewed(token = this.token) {
    this.token = token;
    this.now += 1;
    this.isRenewing = false;
  }

  /** No credentials were given. */
  refused() {
    this.isRenewing = false;
  }

  /** Another user is signed in, or none. */
  switched() {
    this.now += 1;
    this.first = this.now;
    this.isRenewing = false;
  }
}

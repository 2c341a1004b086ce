/** The JavaScript side of the tests: a host that records its calls, and a `fetch` with prepared answers. */

import { Nodes } from "../../src/dom/nodes.js";
import * as refusal from "../../src/dom/refusal/refusal.js";

let catalogue;

/** Sets the catalogue that hosts return from now on. */
export const policies = (text) => {
  catalogue = text;
};

/** The object that the TypeScript around the module passes for a binding; reports are pushed to `globalThis.reports`. */
function lent() {
  globalThis.reports = [];
  return {
    modes: globalThis.modes ?? {},
    refusal: { now: refusal, load: () => Promise.resolve(refusal) },
    report: (code, message, element) => globalThis.reports.push({ code, message, element }),
  };
}

/** The functions of a host, as `js/src/caught.ts` passes them: they throw nothing. */
export const caught = (host) =>
  new Proxy(host, {
    get(host, name) {
      const value = host[name];
      if (typeof value !== "function") return value;
      return (...args) => {
        try {
          return value.apply(host, args);
        } catch (cause) {
          return [false, cause];
        }
      };
    },
  });

/** The elements of a root. */
export const nodesOf = (root) => new Nodes(root, lent());

// Functions that the tests call on them.
export const refreshed = (nodes) => nodes.refresh();
export const rowsOf = (nodes) => nodes.report();
export const sizeOf = (nodes) => nodes.size;

/** Begins a binding with the functions of the module. */
export const begin = (nodes, learn, explain, complain) => nodes.begin({ learn, explain, complain });

export class Recorder {
  constructor() {
    this.reports = [];
    this.elements = [];
    this.publications = 0;
    this.rests = 0;
    this.onPublished = undefined;
    this.givenToken = null;
    this.hasServer = true;
  }
  /** Tells the module the outcome of a question, never from within the call that asks. */
  settle(kind, question, outcome) {
    outcome.then(
      (value) => this.answered(kind, question, true, value),
      (thrown) => this.answered(kind, question, false, thrown),
    );
  }
  policies(question) {
    this.settle(0, question, Promise.resolve([catalogue, undefined]));
  }
  token(question) {
    const token = async () => {
      // The test gives the token after the instance has asked.
      await undefined;
      if (this.givenToken === "throw") throw new Error("no token today");
      return this.givenToken;
    };
    this.settle(1, question, token());
  }
  request(question, tenant, bearer, etag) {
    if (this.hasServer) this.settle(2, question, this.reply(bearer, etag));
  }
  abort() {}
  /** An answer as `js/src/reply.ts` makes it. */
  async reply(bearer, etag) {
    await undefined;
    const headers = new Headers();
    if (bearer !== undefined) headers.set("Authorization", `Bearer ${bearer}`);
    if (etag !== undefined) headers.set("If-None-Match", etag);
    const response = await globalThis.fetch(new Request("/permissions", { headers, cache: "no-store" }));
    const text = response.isTooLong || !response.ok ? undefined : await response.text?.();
    if (!(response instanceof Response)) throw response;
    return [response.status, text, response.headers.get(response.ok ? "ETag" : "Retry-After")];
  }
  outdated() {}
  renewed() {}
  published() {
    this.publications++;
    this.onPublished?.();
  }
  reported(code, message, element) {
    this.reports.push(code);
    this.elements.push(element);
  }
  renew(question) {
    this.settle(3, question, Promise.resolve(false));
  }
  openChannel(channel, transport) {
    this.streams = [...(this.streams ?? []), `${channel} ${transport}`];
  }
  closeChannel() {
    this.streams = [...(this.streams ?? []), "closed"];
  }
  settled() {}
  stepUp() {}
  contend() {}
  yieldLead() {}
  tell() {}
  store() {}
  noticed() {}
  arm(delay) {
    this.disarm();
    this.timer = setTimeout(() => this.fired(), delay);
  }
  disarm() {
    clearTimeout(this.timer);
  }
  rested() {
    this.rests++;
    if (this.throws) throw new Error("a host that throws");
  }
  codes() {
    return this.reports.join(" ");
  }
  reportedElement(index) {
    return this.elements[index];
  }
}

export const options = (json) => {
  const { endpoint, bootstrap, credentials = "same-origin", ...core } = JSON.parse(json);
  const source = endpoint !== undefined ? "endpoint" : core.hasToken ? "token" : "bootstrap";
  return { core: JSON.stringify({ source, seed: 5, ...core }), bootstrap, credentials };
};

const requests = [];
const { fetch } = globalThis;

/** Replaces `fetch`: each call takes the next answer, the last one for good. */
export function answerWith(...answers) {
  requests.length = 0;
  globalThis.fetch = (request) => {
    requests.push(request);
    const make = ANSWERS[answers.length > 1 ? answers.shift() : answers[0]];
    return make(request);
  };
}

export const requestCount = () => requests.length;
export const requestHeader = (index, name) => requests[index].headers.get(name) ?? undefined;

const answer = (body, init) => () => Promise.resolve(new Response(body, init));
const json = (value, headers = {}) => answer(JSON.stringify(value), { headers });
const ANSWERS = {
  a: json({ subject: "u-1", version: 1, permissions: ["a"] }, { ETag: '"1"' }),
  b: json({ subject: "u-1", version: 2, permissions: ["b"] }, { ETag: '"2"' }),
  html: answer("<!doctype html><title>x</title>", { headers: { "Content-Type": "text/html" } }),
  truncated: answer('{"permissions":["a"'),
  "wrong type": json({ permissions: "a" }),
  "not modified": answer(null, { status: 304 }),
  401: answer("", { status: 401 }),
  403: answer("", { status: 403 }),
  500: answer("", { status: 500, headers: { "Retry-After": "7" } }),
  "rejects with an error": () => Promise.reject(new TypeError("offline")),
  "rejects with a string": () => Promise.reject("offline"),
  "rejects with nothing": () => Promise.reject(undefined),
  throws: () => {
    throw new Error("a replaced fetch");
  },
  "no promise": () => 7,
  "no response": () => Promise.resolve({ ok: true, status: 200 }),
  "body fails": () => {
    const body = new ReadableStream({ start: (controller) => controller.error(new Error("cut")) });
    return Promise.resolve(new Response(body));
  },
  "huge by its length": async () => Object.assign(await json(["a"])(), { isTooLong: true }),
  never: () => new Promise(() => {}),
  "the server of these tests": (request) => fetch(request),
};

/** One turn of the event loop. */
export const turn = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/** The time to stop waiting: no condition of these tests takes that long, even on a slow machine. */
export const deadline = () => performance.now() + 30_000;
export const isPast = (moment) => performance.now() > moment;

/** Puts elements on a stage of their own: the rest of the page belongs to the test runner. */
export function show(html) {
  const stage = document.getElementById("stage") ?? document.createElement("div");
  stage.id = "stage";
  document.body.append(stage);
  stage.innerHTML = html;
}

/** The markup of the stage. */
export const html = () => document.getElementById("stage").innerHTML;

export const byId = (id) => document.getElementById(id);
export const get = (id) => Element.prototype.getAttribute.call(byId(id), "data-permission-state") ?? "none";
export const isVisible = (id) => getComputedStyle(byId(id)).display !== "none";

/** Runs a few lines on the page. */
export const run = (code) => new Function("document", "byId", code)(document, byId);

/** A token with these claims. */
export const tokenOf = (claims) => {
  const part = (text) => btoa(text).replaceAll("=", "").replaceAll("+", "-").replaceAll("/", "_");
  return `${part("{}")}.${part(claims)}.`;
};

/** Counts the changes of attributes until `stop` is called. */
export class Counter {
  constructor() {
    this.count = 0;
    this.observer = new MutationObserver((records) => (this.count += records.length));
    this.observer.observe(document, { attributes: true, subtree: true });
  }
}

const pending = new Set();

/** Starts to count the timers that were set and have neither fired nor been cleared. */
export function watchTimers() {
  const { setTimeout, clearTimeout } = globalThis;
  pending.clear();
  globalThis.setTimeout = (callback, delay) => {
    const handle = setTimeout(() => {
      pending.delete(handle);
      callback();
    }, delay);
    pending.add(handle);
    return handle;
  };
  globalThis.clearTimeout = (handle) => {
    pending.delete(handle);
    clearTimeout(handle);
  };
}

export const pendingTimers = () => pending.size;

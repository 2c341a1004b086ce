/** The script of a page's tag: it requests the document before the program is there, and grants certain names until the module runs. */

import { Question, clocks } from "./came.js";
import { certain, isCertain } from "./certain.js";
import { FIRST_LOOK, type FirstLook, type Page } from "./look.js";
import { type Reply, replied } from "./reply.js";
import { channelTo } from "./tabs.js";

// Taken from the prototypes, since a form may have fields of such names.
const { getAttribute, setAttribute, removeAttribute, hasAttribute, closest } = Element.prototype;
const { contains } = Node.prototype;

const REQUIREMENT = "data-permission";
const STATE = "data-permission-state";
/** The attributes by which an element, or those below it, needs more than a plain name. */
const MORE = ["resource", "mode", "reason"].map((name) => `${REQUIREMENT}-${name}`);
const WITH_MORE = MORE.map((name) => `[${name}]`).join();

const NONE: ReadonlySet<string> = new Set();

/** The shortest time between two requests, and the longest that the second one may take, in milliseconds. */
const INTERVAL_MIN_MS = 1_000;
const PATIENCE_MS = 30_000;

class Look implements FirstLook {
  readonly address: string;
  readonly credentials: RequestCredentials;
  began = clocks();
  reply!: Question;
  readonly heard: string[] = [];
  isTaken = false;
  controller!: AbortController;
  #channel: BroadcastChannel | undefined;
  /** The elements that it has marked as granted. */
  readonly #marked = new Set<Element>();
  #names = NONE;
  #ttlMs = Number.POSITIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The last request was answered by a document of which something is certain. */
  #isAnswered = false;
  /** The last request was answered from another address. */
  #isRedirected = false;
  readonly #observer = new MutationObserver(() => this.#look());

  constructor(address: string, credentials: RequestCredentials) {
    this.address = address;
    this.credentials = credentials;
    this.#channel = channelTo(address);
    // Before the request, or a sign-out in another tab could be missed. Any message may be one.
    if (this.#channel) {
      this.#channel.onmessage = ({ data }) => {
        if (typeof data !== "string") return;
        this.heard.push(data);
        this.#grant(NONE);
      };
    }
    this.#ask();
  }

  channel(): BroadcastChannel | undefined {
    const channel = this.#channel;
    this.#channel = undefined;
    return channel;
  }

  within(ttlMs: number): void {
    this.#ttlMs = Math.min(this.#ttlMs, ttlMs);
    this.#wait();
  }

  take(): void {
    this.isTaken = true;
    this.#observer.disconnect();
    clearTimeout(this.#timer);
    this.#channel?.close();
    (globalThis as Page)[FIRST_LOOK] = false;
  }

  keep(isKept: (requirement: string) => boolean): void {
    for (const element of this.#marked) if (!isKept(getAttribute.call(element, REQUIREMENT) ?? "")) this.#unmark(element);
  }

  leave(root: Node): void {
    for (const element of this.#marked) if (!contains.call(root, element)) this.#unmark(element);
  }

  end(): void {
    this.take();
    this.keep(() => false);
    this.controller.abort();
  }

  #ask(): void {
    this.began = clocks();
    this.heard.length = 0;
    this.#isAnswered = false;
    const { signal } = (this.controller = new AbortController());
    const request = new Request(this.address, { headers: { Accept: "application/json" }, credentials: this.credentials, cache: "no-store", signal });
    this.reply = new Question(async () => {
      const response = await fetch(request);
      this.#isRedirected = response.redirected;
      return replied(response);
    });
    this.reply.promise.then(
      (answer) => this.#heed(answer as Reply),
      () => this.#grant(NONE),
    );
  }

  #heed([status, text]: Reply): void {
    const isGood = status === 200 && !this.#isRedirected && text !== undefined;
    const found = isGood ? certain(text) : undefined;
    this.#grant(found && this.heard.length === 0 ? found.names : NONE);
    if (!found) return;
    this.#isAnswered = true;
    this.within(found.ttlMs);
  }

  /** If no module comes, the document is requested again when it is no longer believed. */
  #wait(): void {
    if (this.isTaken || !this.#isAnswered) return;
    clearTimeout(this.#timer);
    const [, began] = this.began;
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(() => this.#grant(NONE), PATIENCE_MS);
      this.#ask();
    }, Math.max(began + this.#ttlMs - performance.now(), INTERVAL_MIN_MS));
  }

  #grant(names: ReadonlySet<string>): void {
    if (this.isTaken) return;
    this.#names = names;
    this.#look();
    this.#observer.observe(document, { childList: true, subtree: true, attributeFilter: [REQUIREMENT, ...MORE] });
  }

  #look(): void {
    for (const element of this.#marked) if (!this.#isMet(element)) this.#unmark(element);
    for (const element of Document.prototype.querySelectorAll.call(document, `[${REQUIREMENT}]`)) {
      if (hasAttribute.call(element, STATE) || !this.#isMet(element)) continue;
      this.#marked.add(element);
      setAttribute.call(element, STATE, "granted");
    }
  }

  #isMet(element: Element): boolean {
    return isCertain(this.#names, getAttribute.call(element, REQUIREMENT) ?? "") && !closest.call(element, WITH_MORE);
  }

  #unmark(element: Element): void {
    this.#marked.delete(element);
    removeAttribute.call(element, STATE);
  }
}

const { endpoint, credentials = "same-origin" } = (document.currentScript as HTMLScriptElement).dataset;
// If the program was faster, its own request is already in flight.
if (endpoint !== undefined && !(FIRST_LOOK in globalThis)) {
  (globalThis as Page)[FIRST_LOOK] = new Look(new URL(endpoint, document.baseURI).href, credentials as RequestCredentials);
}

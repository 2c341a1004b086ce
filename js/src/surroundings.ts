/** The surroundings of an instance: the page's life, other tabs, the stream, the timer, and the stored document. */

import { atTenant } from "./address.js";
import { StreamEnd, Told } from "./border.js";
import type { Addresses, Channel, Use } from "./channel.js";
import { missing, pushing } from "./chunks.js";
import { Tabs } from "./tabs.js";

/** The settings of an instance's surroundings. */
export interface Settings {
  /** The name that instances in different tabs share: the endpoint. */
  readonly name: string;
  readonly addresses: Addresses;
  readonly credentials: RequestCredentials;
  /** Whether the application adds headers to requests. */
  readonly hasHeaders: boolean;
  readonly tabs: boolean;
  readonly persists: boolean;
}

/** The key of a document in the session storage. */
const keyOf = ({ name, persists }: Settings) => (persists ? `permgate ${name}` : undefined);

/** The document that an earlier page stored. */
export function stored(settings: Settings): string | undefined {
  const key = keyOf(settings);
  try {
    return (key && globalThis.sessionStorage.getItem(key)) || undefined;
  } catch {
    // Storage is forbidden here: nothing is stored.
    return undefined;
  }
}

/** The surroundings of an instance. */
export class Surroundings {
  readonly #channel: LateChannel;
  readonly #tabs: Tabs | undefined;
  readonly #key: string | undefined;
  readonly #use: Use;
  readonly #end = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Functions that stop listening to the page. */
  readonly #heard: (() => void)[] = [];

  constructor(
    settings: Settings,
    fetch: (input: URL, init: RequestInit) => Promise<Response>,
    headers: (url: string) => Promise<Headers>,
    heed: (response: Response, url: string) => boolean,
    use: Use,
  ) {
    this.#use = use;
    const { addresses, credentials, hasHeaders } = settings;
    this.#channel = new LateChannel(({ Channel }) => new Channel(addresses, atTenant, credentials, fetch, headers, heed, hasHeaders, use), use);
    this.#tabs = settings.tabs ? new Tabs(settings.name, use) : undefined;
    this.#key = keyOf(settings);
  }

  /** Aborted when the surroundings end. */
  get ending(): AbortSignal {
    return this.#end.signal;
  }

  /** Whether the stream that was opened last has delivered anything. */
  get hasDelivered(): boolean {
    return this.#channel.hasDelivered;
  }

  /** Joins the other tabs. */
  join(channel?: BroadcastChannel): void {
    this.#tabs?.join(channel);
  }

  /** Leaves the other tabs and the stream, until `join` is called. */
  rest(): void {
    this.#channel.close();
    this.#tabs?.leave();
  }

  /** Begins to listen; to the other tabs by a channel that was opened before, if there is one. */
  start(channel?: BroadcastChannel): void {
    this.join(channel);
    if (typeof document === "undefined" || typeof window === "undefined") return;
    const tell = (what: Told) => this.#use((engine) => engine.tell(what));
    // Not with the option `signal`: jsdom refuses the signals of Node.js, which tests may have beside it.
    const on = (target: EventTarget, kind: string, act: (event: Event) => void) => {
      target.addEventListener(kind, act);
      this.#heard.push(() => target.removeEventListener(kind, act));
    };
    const suspend = () => {
      tell(Told.Suspended);
      // Otherwise the page could not go into the back/forward cache.
      this.#tabs?.leave();
    };
    const resume = () => {
      this.#tabs?.join();
      tell(Told.Resumed);
    };
    on(document, "visibilitychange", () => tell(document.visibilityState === "visible" ? Told.Shown : Told.Hidden));
    on(window, "focus", () => tell(Told.Shown));
    on(window, "pagehide", suspend);
    on(window, "pageshow", (event) => {
      if ((event as PageTransitionEvent).persisted) resume();
    });
    on(document, "freeze", suspend);
    on(document, "resume", resume);
    on(window, "online", () => tell(Told.Online));
    on(window, "offline", () => tell(Told.Offline));
    // The Navigation API, if the browser has it.
    const { navigation } = globalThis as { navigation?: EventTarget };
    if (navigation) on(navigation, "navigatesuccess", () => tell(Told.Navigated));
  }

  /** The part of the host that the surroundings provide. */
  hands() {
    return {
      openChannel: (...how: Parameters<Channel["open"]>) => this.#channel.open(...how),
      closeChannel: () => this.#channel.close(),
      contend: (contest: number, name: string, steal: boolean) => this.#tabs?.contend(contest, name, steal),
      yieldLead: () => this.#tabs?.yieldLead(),
      tell: (text: string) => this.#tabs?.tell(text),
      store: (text: string | undefined) => this.#store(text),
      arm: (ms: number) => this.#arm(ms),
      disarm: () => clearTimeout(this.#timer),
    };
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#use((engine) => engine.tell(Told.Timer)), ms);
    // A Node.js process does not stay alive only for permissions to expire.
    (this.#timer as { unref?(): void }).unref?.();
  }

  /** Ends the surroundings. */
  end(): void {
    this.#end.abort();
    for (const stop of this.#heard.splice(0)) stop();
    clearTimeout(this.#timer);
    this.rest();
  }

  #store(text: string | undefined): void {
    if (!this.#key) return;
    try {
      if (text === undefined) globalThis.sessionStorage.removeItem(this.#key);
      else globalThis.sessionStorage.setItem(this.#key, text);
    } catch {
      // Storage is forbidden, or full: then the next page starts without the document.
    }
  }
}

/** The stream, whose code is a chunk: a stream that is opened before the chunk has come is opened then. */
class LateChannel {
  readonly #make: (chunk: typeof import("./channel.js")) => Channel;
  readonly #use: Use;
  #channel: Channel | undefined;
  /** The number of the last call of `open` or `close`. */
  #turn = 0;

  constructor(make: (chunk: typeof import("./channel.js")) => Channel, use: Use) {
    this.#make = make;
    this.#use = use;
  }

  get hasDelivered(): boolean {
    return this.#channel?.hasDelivered ?? false;
  }

  open(...how: Parameters<Channel["open"]>): void {
    const turn = (this.#turn += 1);
    const { now } = pushing;
    if (now) return (this.#channel ??= this.#make(now)).open(...how);
    // The module treats this like any other stream that breaks, and tries again.
    const failed = (cause: unknown) => {
      if (turn === this.#turn) this.#use((engine) => engine.channelEnded(how[0], StreamEnd.Broken, missing("channel.js", "nothing is pushed", cause)));
    };
    void pushing.load(failed).then((chunk) => {
      if (chunk && turn === this.#turn) (this.#channel ??= this.#make(chunk)).open(...how);
    });
  }

  close(): void {
    this.#turn += 1;
    this.#channel?.close();
  }
}

/** Other tabs of the same origin: their messages, and which of them holds the stream. */

import { Told } from "./border.js";
import type { Use } from "./channel.js";

/** The prefix of the names of channel and lock. */
const PREFIX = "permgate ";

/** A channel to the other tabs; undefined if storage is denied, and channels with it: the tab is then on its own. */
export function channelTo(name: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(PREFIX + name);
  } catch {
    return undefined;
  }
}

/** A channel to the other tabs, and a lock that one of them holds. */
export class Tabs {
  readonly #name: string;
  readonly #use: Use;
  #channel: BroadcastChannel | undefined;
  #withdraw: (() => void) | undefined;

  constructor(name: string, use: Use) {
    this.#name = name;
    this.#use = use;
  }

  /** Whether there can be other tabs, to which messages are the only connection. */
  static areThere(): boolean {
    return typeof document !== "undefined" && typeof BroadcastChannel !== "undefined";
  }

  /** Joins the other tabs, by a channel that was opened before if there is one. */
  join(channel?: BroadcastChannel): void {
    this.#channel ??= channel ?? channelTo(this.#name);
    if (!this.#channel) return;
    this.#channel.onmessage = ({ data }) => {
      if (typeof data === "string") this.#use((engine) => engine.tell(Told.Tab, data));
    };
  }

  /** Leaves the other tabs: a page must hold nothing to go into the back/forward cache. */
  leave(): void {
    this.yieldLead();
    this.#channel?.close();
    this.#channel = undefined;
  }

  tell(text: string): void {
    this.#channel?.postMessage(text);
  }

  /** Contends for the stream; the module is told when this tab gets it, and when it loses it. */
  contend(contest: number, name: string, steal: boolean): void {
    this.yieldLead();
    // Never from within the lock's own callback: no other code should run under it.
    const told = (leads: boolean) => queueMicrotask(() => this.#use((engine) => engine.led(contest, leads)));
    const { locks } = globalThis.navigator;
    if (!locks) return told(true);
    const waiting = new AbortController();
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const withdraw = () => {
      waiting.abort();
      release?.();
    };
    this.#withdraw = withdraw;
    locks
      .request(`${PREFIX}${this.#name}\n${name}`, steal ? { steal } : { signal: waiting.signal }, () => {
        told(true);
        return held;
      })
      .catch((cause: unknown) => {
        if (this.#withdraw !== withdraw) return;
        // If locks are not available, every tab is on its own; otherwise another tab took this one.
        told(!(cause instanceof DOMException && cause.name === "AbortError"));
      });
  }

  yieldLead(): void {
    const withdraw = this.#withdraw;
    this.#withdraw = undefined;
    withdraw?.();
  }
}

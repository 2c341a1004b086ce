/** One stream of server-sent events: its first message, its heartbeats, its end. */

import type { Answer, Sink } from "./answers.js";
import { isOver } from "./knowledge.js";
import type { Listener, Listeners } from "./listeners.js";
import { event } from "./message.js";
import type { Identity } from "./options.js";

const HEADERS = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-store, no-transform",
  "X-Accel-Buffering": "no",
  Vary: "Authorization, Cookie",
};

/** A stream. It listens as soon as it is made, and sends nothing before it begins. */
export class Stream implements Listener {
  readonly identity: Identity;
  readonly #listeners: Listeners;
  readonly #heartbeatMs: number;
  readonly #isStillGood: () => Promise<boolean>;
  #sink: Sink | undefined;
  #told = -1;
  /** When a message was sent last, in milliseconds since 1970. */
  #sentAt = Date.now();
  #isOver = false;

  constructor(identity: Identity, listeners: Listeners, heartbeatMs: number, isStillGood: () => Promise<boolean>) {
    this.identity = identity;
    this.#listeners = listeners;
    this.#heartbeatMs = heartbeatMs;
    this.#isStillGood = isStillGood;
    listeners.add(this);
  }

  /** Before the first message nothing is missed: that one has the newest version. */
  get told(): number {
    return this.#sink ? this.#told : Infinity;
  }

  /** Whether its session has ended, perhaps before the stream began. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The response with the stream. `version` returns the newest version when the first message is sent. */
  answer(version: () => number): Answer {
    const body = (sink: Sink) => {
      if (this.#isOver) sink.end();
      else {
        this.#sink = sink;
        this.changed(version(), undefined);
      }
      return () => this.#finish();
    };
    return { status: 200, headers: HEADERS, body };
  }

  /** The stream was refused, and sends nothing. */
  abandon(): void {
    this.#finish();
  }

  changed(version: number, revoked: readonly string[] | undefined): void {
    if (!this.#sink) return;
    this.#told = Math.max(this.#told, version);
    const { subject } = this.identity;
    this.#send(revoked ? event("revoked", { subject, version, permissions: revoked }) : event("version", { subject, version }));
  }

  ended(): void {
    if (this.#isOver) return;
    const sink = this.#sink;
    this.#send(event("session-revoked", {}));
    this.#finish();
    sink?.end();
  }

  passed(now: number): void {
    if (isOver(this.identity, now)) this.ended();
    else if (Math.abs(now - this.#sentAt) >= this.#heartbeatMs) this.#send(event("heartbeat", {}));
  }

  closed(): void {
    const sink = this.#sink;
    this.#finish();
    sink?.end();
  }

  isStillGood(): Promise<boolean> {
    return this.#isStillGood();
  }

  #send(text: string): void {
    const sink = this.#sink;
    if (!sink) return;
    if (sink.isFull) return this.closed();
    this.#sentAt = Date.now();
    sink.write(text);
  }

  #finish(): void {
    this.#isOver = true;
    this.#sink = undefined;
    this.#listeners.remove(this);
  }
}

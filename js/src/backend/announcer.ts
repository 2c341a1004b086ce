/** Announces changes to the streams of this node and to other nodes, and finds changes that were missed. */

import type { Bus } from "./bus.js";
import { type Complaints, wordsOf } from "./complaints.js";
import type { Listener, Listeners } from "./listeners.js";
import { type Message, isVersion, namesOf, read, write } from "./message.js";
import type { Versions } from "./versions.js";

/** How often pending work is checked, in milliseconds: a stream must get a change within a second. */
const LOOK_MS = 500;

/** A bus counts as broken when nothing has come back from it for this long, in milliseconds. */
const SILENCE_MS = 2_000;

/** While the bus is silent, it is connected again and all credentials are checked again at this interval, in milliseconds. */
const RENEW_MS = 5_000;

/** How many messages wait for a broken bus; a node that misses more asks for all versions. */
const UNSENT_MAX = 10_000;

/** How many users are asked about, or how many credentials are checked, at the same time. */
const AT_ONCE = 16;

/**
 * Asks for the committed versions of users. Null for a user means that asking failed; users that do not exist are left
 * out.
 */
export type AskVersions = (subjects: readonly string[]) => Promise<ReadonlyMap<string, number | null>>;

/** Connects the streams of a node with the bus. */
export class Announcer {
  readonly #bus: Bus | undefined;
  readonly #listeners: Listeners;
  readonly #versions: Versions;
  readonly #ask: AskVersions;
  readonly #complaints: Complaints;
  readonly #node = globalThis.crypto.randomUUID();
  /** Users whose version after a change could not be asked for. */
  readonly #unasked = new Set<string>();
  /** Users whose change is about to be announced. */
  readonly #changing = new Set<string>();
  readonly #unsent: string[] = [];
  #isSending = false;
  #isPinging = false;
  #isAsking = false;
  /** Whether all users with streams must be asked about. */
  #isWanted = false;
  /** When the bus last returned a message, by the monotonic clock in milliseconds. */
  #heardAt = performance.now();
  #wasSilent = false;
  /** When the bus was last connected again, by the monotonic clock in milliseconds. */
  #renewedAt = -RENEW_MS;
  #timer: ReturnType<typeof setInterval> | undefined;
  #stop: (() => unknown) | undefined;
  #isClosed = false;

  constructor(bus: Bus | undefined, listeners: Listeners, versions: Versions, ask: AskVersions, complaints: Complaints) {
    this.#bus = bus;
    this.#listeners = listeners;
    this.#versions = versions;
    this.#ask = ask;
    this.#complaints = complaints;
    if (bus) void this.#listen(bus);
  }

  /** Announces a change of a user to this node's streams and to the other nodes. */
  async changed(subject: string, version: number | undefined, revoked: readonly string[]): Promise<void> {
    // The revoked names must be announced first.
    this.#changing.add(subject);
    const is = version ?? (await this.#versionOf(subject));
    this.#changing.delete(subject);
    if (is === undefined) {
      this.#unasked.add(subject);
      return this.look();
    }
    const names = namesOf(revoked);
    this.#announce(names ? { kind: "changed", subject, version: is, revoked: names } : { kind: "changed", subject, version: is });
  }

  /** Ends the streams of a user, or of one session. */
  ended(subject: string, session: string | undefined): void {
    this.#announce(session === undefined ? { kind: "ended", subject } : { kind: "ended", subject, session });
  }

  /** A version was read from the store: streams that only know a lower one are notified. */
  seen(subject: string, version: number): void {
    this.#versions.raise(subject, version);
    if (this.#changing.has(subject)) return;
    for (const listener of this.#listeners.of(subject)) if (listener.told < version) listener.changed(version, undefined);
  }

  /** Starts the regular checks. */
  look(): void {
    if (this.#timer || this.#isClosed) return;
    this.#heardAt = performance.now();
    this.#timer = setInterval(() => this.#tick(), LOOK_MS);
    (this.#timer as { unref?: () => void }).unref?.();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#stop?.();
  }

  #announce(message: Message): void {
    this.#take(message);
    if (!this.#bus) return;
    if (this.#unsent.length >= UNSENT_MAX) this.#unsent.shift();
    this.#unsent.push(write(this.#node, message));
    this.look();
    void this.#send(this.#bus);
  }

  #take(message: Message): void {
    if (message.kind === "ping") return;
    const { subject } = message;
    const listeners = this.#listeners.of(subject);
    if (message.kind === "ended") {
      for (const listener of listeners) if (message.session === undefined || listener.identity.session === message.session) listener.ended();
      return;
    }
    const { version, revoked } = message;
    this.#versions.raise(subject, version);
    for (const listener of listeners) {
      // Names are sent even if the version is known by now: a node that loaded meanwhile announced only the version.
      if (listener.told < version || (revoked && listener.told === version)) listener.changed(version, revoked);
    }
  }

  async #send(bus: Bus): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      for (let text = this.#unsent[0]; text !== undefined; text = this.#unsent[0]) {
        await bus.publish(text);
        this.#unsent.shift();
      }
    } catch (cause) {
      // The message is kept, and sent when the bus works again.
      this.#complaints.of("bus", `the bus cannot be reached, other nodes are told later: ${wordsOf(cause)}`, cause);
    } finally {
      this.#isSending = false;
    }
  }

  async #listen(bus: Bus): Promise<void> {
    try {
      const stop = await bus.subscribe((text) => this.#hear(text), () => void this.#catchUp());
      if (this.#isClosed) stop();
      else this.#stop = stop;
    } catch (cause) {
      this.#complaints.of("bus", `the bus cannot be listened to: ${wordsOf(cause)}`, cause);
      if (!this.#isClosed) (setTimeout(() => void this.#listen(bus), LOOK_MS) as { unref?: () => void }).unref?.();
    }
  }

  #hear(text: string): void {
    try {
      const said = read(text);
      if (!said) return;
      if (said.from !== this.#node) return this.#take(said.message);
      this.#heardAt = performance.now();
      if (this.#wasSilent) void this.#catchUp();
      this.#wasSilent = false;
    } catch (cause) {
      this.#complaints.of("malformed-message", `a message of the bus cannot be read: ${wordsOf(cause)}`, cause);
    }
  }

  #tick(): void {
    const now = Date.now();
    for (const listener of this.#listeners.all()) listener.passed(now);
    if (this.#bus) {
      void this.#send(this.#bus);
      void this.#ping(this.#bus);
      const moment = performance.now();
      const isSilent = moment - this.#heardAt > SILENCE_MS;
      if (isSilent) this.#doWithout("nothing comes back from the bus");
      if (isSilent && moment - this.#renewedAt > RENEW_MS) {
        this.#renewedAt = moment;
        this.#bus.renew?.();
        // Another node may have announced the end of a session in vain.
        void this.#lookAtCredentials();
      }
    }
    if (this.#wasSilent) this.#isWanted = true;
    if (this.#isWanted || this.#unasked.size > 0) void this.#askVersions();
    const isIdle = this.#listeners.size === 0 && this.#unasked.size === 0 && this.#unsent.length === 0;
    if (!isIdle) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#wasSilent = false;
  }

  async #ping(bus: Bus): Promise<void> {
    // A client queues what it cannot send, so only one ping is sent at a time.
    if (this.#isPinging || this.#listeners.size === 0) return;
    this.#isPinging = true;
    try {
      await bus.publish(write(this.#node, { kind: "ping" }));
    } catch (cause) {
      // The connection is known to be broken, so the silence need not be awaited.
      this.#doWithout(`the bus cannot be reached: ${wordsOf(cause)}`, cause);
    } finally {
      this.#isPinging = false;
    }
  }

  /** Asks for versions from now on, until a message comes back from the bus. */
  #doWithout(why: string, cause?: unknown): void {
    if (this.#wasSilent) return;
    this.#wasSilent = true;
    this.#complaints.of("bus", `${why}; until it works, the versions of all who listen are asked for instead`, cause);
    this.#isWanted = true;
    void this.#askVersions();
  }

  /** Finds what was missed during a gap. */
  async #catchUp(): Promise<void> {
    if (this.#isClosed) return;
    this.#isWanted = true;
    if (this.#bus) void this.#send(this.#bus);
    await Promise.all([this.#askVersions(), this.#lookAtCredentials()]);
  }

  /** Asks about users whose version is not known, and, if wanted, about all users with streams. */
  async #askVersions(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    let isAll = false;
    try {
      do {
        isAll = this.#isWanted;
        this.#isWanted = false;
        const subjects = new Set([...(isAll ? this.#listeners.subjects() : []), ...this.#unasked]);
        if (subjects.size > 0) this.#takeVersions([...subjects], await this.#ask([...subjects]));
        // It may have been wanted again while a request was running, whose answer may be older.
      } while (this.#isWanted);
    } catch (cause) {
      this.#isWanted ||= isAll;
      this.#complaints.of("load", `the versions of those who listen cannot be asked for: ${wordsOf(cause)}`, cause);
    } finally {
      this.#isAsking = false;
    }
  }

  #takeVersions(subjects: readonly string[], found: ReadonlyMap<string, number | null>): void {
    for (const subject of subjects) {
      const version = found.get(subject);
      const wasUnasked = this.#unasked.delete(subject);
      if (version === null) this.#unasked.add(subject);
      if (version === null || version === undefined) continue;
      if (!isVersion(version)) throw new Error(`\`${String(version)}\` is no version`);
      if (wasUnasked) this.#announce({ kind: "changed", subject, version });
      else this.seen(subject, version);
    }
  }

  async #versionOf(subject: string): Promise<number | undefined> {
    try {
      // Problems of a document were reported where it was loaded.
      const version = (await this.#ask([subject])).get(subject) ?? undefined;
      if (version === undefined || isVersion(version)) return version;
      throw new Error(`\`${String(version)}\` is no version`);
    } catch (cause) {
      this.#complaints.of("load", `the version after a change cannot be asked for: ${wordsOf(cause)}`, cause);
      return undefined;
    }
  }

  /** Ends the streams whose session ended while the bus was away: `identify` refuses them now. */
  async #lookAtCredentials(): Promise<void> {
    await inTurns(this.#listeners.all(), async (listener: Listener) => {
      if (!(await listener.isStillGood())) listener.ended();
    });
  }
}

/** Calls a function with each item, for some items at the same time. */
export async function inTurns<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const rest = items.values();
  const work = async () => {
    for (const item of rest) await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, work));
}

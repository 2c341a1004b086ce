/** A bus over Redis or Valkey (PUBLISH and SUBSCRIBE), with the application's own client: `redis` or `ioredis`. */

import { argument } from "../decide.js";
import type { Bus } from "./bus.js";

/** A client of the package `redis`, as far as it is used here. */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  readonly options?: { readonly socket?: object } | undefined;
  publish(channel: string, text: string): Promise<unknown>;
  duplicate(overrides?: any): any;
}

/** A client of the package `ioredis`, as far as it is used here. */
export interface IoRedisClient {
  readonly status: string;
  publish(channel: string, text: string): Promise<unknown>;
  duplicate(overrides?: any): any;
}

interface NodeRedisSubscriber {
  on(event: string, listener: (cause: unknown) => void): unknown;
  connect(): Promise<unknown>;
  subscribe(channel: string, hear: (text: string) => void): Promise<unknown>;
  destroy?(): unknown;
  disconnect(): unknown;
}

interface IoRedisSubscriber {
  on(event: string, listener: (channel: string, text: string) => void): unknown;
  subscribe(channel: string): Promise<unknown>;
  disconnect(): unknown;
}

/** How long after a connection broke it is tried again, in milliseconds: the longest wait is below the second that streams are promised. */
const pauseMs = (attempt: number) => Math.min(50 * (attempt + 1), 400);

/**
 * A bus over a server of Redis or Valkey. The client is used to publish; it is duplicated to listen,
 * since a connection that listens can do nothing else. The client of `redis` has to be connected.
 *
 * @throws PermgateError `invalid-argument`
 */
export function redisBus(client: NodeRedisClient | IoRedisClient, { channel = "permgate" } = {}): Bus {
  const isNodeRedis = typeof (client as Partial<NodeRedisClient>)?.isOpen === "boolean";
  if (!isNodeRedis && typeof (client as Partial<IoRedisClient>)?.status !== "string") {
    throw argument("`redisBus` needs a client of the package `redis` or `ioredis`");
  }
  const listen = isNodeRedis ? listenByNodeRedis : listenByIoRedis;
  return {
    publish: (text) => client.publish(channel, text),
    subscribe: (hear, missed) => listen(client as NodeRedisClient & IoRedisClient, channel, hear, missed),
  };
}

async function listenByNodeRedis(client: NodeRedisClient, channel: string, hear: (text: string) => void, missed: () => void) {
  const socket = { ...client.options?.socket, reconnectStrategy: pauseMs };
  const subscriber: NodeRedisSubscriber = client.duplicate({ socket, disableOfflineQueue: false });
  // The client tries again by itself; that it is not there, the back end notices.
  subscriber.on("error", () => undefined);
  let isSubscribed = false;
  subscriber.on("ready", async () => {
    try {
      // Once only: when it connects again, it subscribes again before it says that it is ready.
      if (!isSubscribed) await subscriber.subscribe(channel, hear);
      isSubscribed = true;
      missed();
    } catch {
      // The connection broke meanwhile: it is tried again when it is there.
    }
  });
  subscriber.connect().catch(() => undefined);
  return () => (subscriber.destroy ? subscriber.destroy() : subscriber.disconnect());
}

async function listenByIoRedis(client: IoRedisClient, channel: string, hear: (text: string) => void, missed: () => void) {
  const subscriber: IoRedisSubscriber = client.duplicate({
    // We subscribe ourselves, to know when that is done.
    autoResubscribe: false,
    enableOfflineQueue: true,
    lazyConnect: false,
    maxRetriesPerRequest: null,
    retryStrategy: pauseMs,
  });
  subscriber.on("error", () => undefined);
  subscriber.on("message", (_, text) => hear(text));
  subscriber.on("ready", () => {
    subscriber.subscribe(channel).then(missed, () => undefined);
  });
  return () => subscriber.disconnect();
}

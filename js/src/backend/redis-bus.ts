/** A bus over Redis or Valkey (PUBLISH and SUBSCRIBE), with the application's own client: `redis` or `ioredis`. */

import { argument } from "../decide.js";
import type { Bus } from "./bus.js";

/** The part of a client of the package `redis` that is used here. */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  readonly options?: { readonly socket?: object } | undefined;
  publish(channel: string, text: string): Promise<unknown>;
  duplicate(overrides?: any): any;
}

/** The part of a client of the package `ioredis` that is used here. */
export interface IoRedisClient {
  readonly status: string;
  publish(channel: string, text: string): Promise<unknown>;
  duplicate(overrides?: any): any;
}

/** The part of a duplicate of either client that is used here. */
interface Connection {
  on(event: "error" | "ready", listener: () => unknown): unknown;
  on(event: "message", listener: (channel: string, text: string) => void): unknown;
  publish(channel: string, text: string): Promise<unknown>;
  subscribe(channel: string, hear?: (text: string) => void): Promise<unknown>;
  connect(): Promise<unknown>;
  destroy?(): unknown;
  disconnect(): unknown;
}

/**
 * How long after a connection broke it is tried again, in milliseconds: the longest wait is shorter than the second in
 * which streams must get changes.
 */
const pauseMs = (attempt: number) => Math.min(50 * (attempt + 1), 400);

/**
 * A bus over a server of Redis or Valkey. The client's settings are used for two duplicates, one to publish and one to
 * listen, which reconnect quickly and queue no old messages.
 *
 * @throws PermgateError `invalid-argument`
 */
export function redisBus(client: NodeRedisClient | IoRedisClient, { channel = "permgate" } = {}): Bus {
  const isNodeRedis = typeof (client as Partial<NodeRedisClient>)?.isOpen === "boolean";
  if (!isNodeRedis && typeof (client as Partial<IoRedisClient>)?.status !== "string") {
    throw argument("`redisBus` needs a client of the package `redis` or `ioredis`");
  }
  const connection = () => quiet(isNodeRedis ? ofNodeRedis(client as NodeRedisClient) : ofIoRedis(client as IoRedisClient));
  /** The listeners: how each subscribes, and on which connection. */
  const listening = new Set<{ readonly listen: () => Connection; readonly missed: () => void; by: Connection }>();
  let publisher: Connection | undefined;
  const toPublish = () => {
    if (publisher) return publisher;
    publisher = connection();
    publisher.on("ready", () => {
      for (const { missed } of listening) missed();
    });
    if (isNodeRedis) publisher.connect().catch(() => undefined);
    return publisher;
  };
  const leave = () => {
    end(publisher);
    publisher = undefined;
  };
  return {
    publish: (text) => toPublish().publish(channel, text),
    subscribe(hear, missed) {
      const listen = () => {
        const subscriber = connection();
        (isNodeRedis ? listenByNodeRedis : listenByIoRedis)(subscriber, channel, hear, missed);
        return subscriber;
      };
      const one = { listen, missed, by: listen() };
      listening.add(one);
      toPublish();
      return () => {
        listening.delete(one);
        end(one.by);
        if (listening.size === 0) leave();
      };
    },
    renew() {
      leave();
      for (const one of listening) {
        end(one.by);
        one.by = one.listen();
      }
      if (listening.size > 0) toPublish();
    },
  };
}

function ofNodeRedis(client: NodeRedisClient): Connection {
  const socket = { ...client.options?.socket, reconnectStrategy: pauseMs };
  return client.duplicate({ socket, disableOfflineQueue: true }) as Connection;
}

function ofIoRedis(client: IoRedisClient): Connection {
  // It subscribes only when told, so that the end of subscribing is known.
  const options = { autoResubscribe: false, enableOfflineQueue: false, lazyConnect: false, maxRetriesPerRequest: null, retryStrategy: pauseMs };
  return client.duplicate(options) as Connection;
}

/** A connection that reconnects by itself: the back end notices that it is broken. */
function quiet(connection: Connection): Connection {
  connection.on("error", () => undefined);
  return connection;
}

function end(connection: Connection | undefined): void {
  try {
    if (connection?.destroy) connection.destroy();
    else connection?.disconnect();
  } catch {
    // It was never connected.
  }
}

function listenByNodeRedis(subscriber: Connection, channel: string, hear: (text: string) => void, missed: () => void): void {
  let isSubscribed = false;
  subscriber.on("ready", async () => {
    try {
      // Only once: when the client reconnects, it subscribes again before it is ready.
      if (!isSubscribed) await subscriber.subscribe(channel, hear);
      isSubscribed = true;
      missed();
    } catch {
      // The connection broke meanwhile: subscribing is tried again when it is back.
    }
  });
  subscriber.connect().catch(() => undefined);
}

function listenByIoRedis(subscriber: Connection, channel: string, hear: (text: string) => void, missed: () => void): void {
  subscriber.on("message", (_, text) => hear(text));
  subscriber.on("ready", () => {
    subscriber.subscribe(channel).then(missed, () => undefined);
  });
}

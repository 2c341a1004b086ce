/** How nodes tell each other: texts that reach all who listen, if the connection holds. */

/** Reaches the other nodes. It may lose texts: a node that missed some asks for all versions again. */
export interface Bus {
  /** Sends a text to all nodes, this one included. Rejects when that is not possible at the moment. */
  publish(text: string): PromiseLike<unknown> | void;
  /**
   * Listens, until what it gives back is called. `missed` is called whenever texts can be heard
   * again after some may have been lost.
   */
  subscribe(hear: (text: string) => void, missed: () => void): PromiseLike<() => unknown> | (() => unknown);
  /** Connects anew: nothing has come back for some seconds, and a connection may be dead without anybody being told. */
  renew?(): void;
}

/** A bus between back ends in one process. */
export function memoryBus(): Bus {
  const listeners = new Set<(text: string) => void>();
  return {
    publish(text) {
      for (const hear of [...listeners]) hear(text);
    },
    subscribe(hear) {
      // A listener of its own, also where the same function listens twice.
      const listener = (text: string) => hear(text);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

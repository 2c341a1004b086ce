/** The connection between nodes: carries texts to all listeners, as long as it works. */

/** Reaches the other nodes. It may lose texts: a node that missed some asks for all versions again. */
export interface Bus {
  /** Sends a text to all nodes, including this one. Rejects when that is not possible at the moment. */
  publish(text: string): PromiseLike<unknown> | void;
  /**
   * Listens, until the returned function is called. `missed` is called whenever texts can be received again after some
   * may have been lost.
   */
  subscribe(hear: (text: string) => void, missed: () => void): PromiseLike<() => unknown> | (() => unknown);
  /** Connects again: nothing has come back for some seconds, and a connection may be dead without a notice. */
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
      // A separate listener, also if the same function listens twice.
      const listener = (text: string) => hear(text);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

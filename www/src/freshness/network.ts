/** The page's access to the network, which a control can unplug. */

// From then on every request, event stream and socket fails as on a dead network, and those that are
// open break. Imported before permgate is created, which sees all of this as it would see a real failure.

const native = { fetch: window.fetch, EventSource: window.EventSource, WebSocket: window.WebSocket };

/** The signal of the page's network access, aborted when it is unplugged. */
let line = new AbortController();

/** Sends a request as if from another computer, which stays connected. */
export function fetchFromElsewhere(address: string, init: RequestInit): Promise<Response> {
  return native.fetch.call(window, address, init);
}

/** Whether the network is unplugged. */
export function isUnplugged(): boolean {
  return line.signal.aborted;
}

/** Breaks all open connections and fails all new ones. The browser may or may not report that it is offline. */
export function unplug(isNoticed: boolean): void {
  line.abort(new TypeError("network error"));
  if (isNoticed) dispatchEvent(new Event("offline"));
}

/** Plugs the network in again. */
export function plugIn(isNoticed: boolean): void {
  line = new AbortController();
  if (isNoticed) dispatchEvent(new Event("online"));
}

window.fetch = async (input, init) => {
  if (isUnplugged()) throw new TypeError("Failed to fetch");
  const theirs = init?.signal ?? (input instanceof Request ? input.signal : undefined);
  // The signal also breaks the body of an answer that is still being read.
  const signal = theirs ? AbortSignal.any([theirs, line.signal]) : line.signal;
  return native.fetch.call(window, input, { ...init, signal });
};

/** A stream that never connects, with the members that callers use. */
class Dead extends EventTarget {
  onerror: ((event: Event) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  readonly readyState: number;
  isClosed = false;

  constructor(readyState: number) {
    super();
    this.readyState = readyState;
    setTimeout(() => {
      if (this.isClosed) return;
      this.onerror?.(new Event("error"));
      this.onclose?.(new CloseEvent("close", { code: 1006 }));
    });
  }

  close(): void {
    this.isClosed = true;
  }

  send(): void {
    // The text is lost.
  }
}

window.EventSource = new Proxy(native.EventSource, {
  construct(Native, [address, init]: [string, EventSourceInit?]) {
    if (isUnplugged()) return new Dead(Native.CONNECTING);
    const source = new Native(address, init);
    line.signal.addEventListener("abort", () => {
      if (source.readyState === Native.CLOSED) return;
      source.close();
      // As in a browser when a stream breaks: it will connect again.
      Object.defineProperty(source, "readyState", { value: Native.CONNECTING });
      source.dispatchEvent(new Event("error"));
    });
    return source;
  },
});

window.WebSocket = new Proxy(native.WebSocket, {
  construct(Native, [address, protocols]: [string, string?]) {
    if (isUnplugged()) return new Dead(Native.CLOSED);
    const socket = new Native(address, protocols);
    const { signal } = line;
    // The first of all listeners, so that messages on their way are lost.
    socket.addEventListener("message", (event) => signal.aborted && event.stopImmediatePropagation());
    signal.addEventListener("abort", () => socket.close());
    return socket;
  },
});

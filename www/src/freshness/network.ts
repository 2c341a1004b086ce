/** The page's own way to the network, which a control can unplug. */

// From then on every request, event stream and socket fails as on a dead network, and those that are
// open break. Imported before permgate is created, which meets all of this as it would the real thing.

const native = { fetch: window.fetch, EventSource: window.EventSource, WebSocket: window.WebSocket };

/** How this page reaches the network; aborted when it is unplugged. */
let line = new AbortController();

/** A request from outside of the page, which stays plugged in: from another computer, so to speak. */
export function fetchFromElsewhere(address: string, init: RequestInit): Promise<Response> {
  return native.fetch.call(window, address, init);
}

/** Whether nothing gets through. */
export function isUnplugged(): boolean {
  return line.signal.aborted;
}

/** Breaks all that is open, and fails all that comes. Whether the browser notices is another matter. */
export function unplug(isNoticed: boolean): void {
  line.abort(new TypeError("network error"));
  if (isNoticed) dispatchEvent(new Event("offline"));
}

/** The network is there again. */
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

/** A stream that never gets through, as far as anybody looks at one. */
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
    // Into the void.
  }
}

window.EventSource = new Proxy(native.EventSource, {
  construct(Native, [address, init]: [string, EventSourceInit?]) {
    if (isUnplugged()) return new Dead(Native.CONNECTING);
    const source = new Native(address, init);
    line.signal.addEventListener("abort", () => {
      if (source.readyState === Native.CLOSED) return;
      source.close();
      // As the browser has it when a stream breaks: about to be tried again.
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
    // First of all listeners: what is still on its way gets lost.
    socket.addEventListener("message", (event) => signal.aborted && event.stopImmediatePropagation());
    signal.addEventListener("abort", () => socket.close());
    return socket;
  },
});

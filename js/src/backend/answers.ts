/** Answers, before they become a `Response` or are written to the response of Node.js. */

/** Takes the messages of a stream. */
export interface Sink {
  write(text: string): void;
  end(): void;
  /** Whether the client reads so slowly that too much is waiting. */
  readonly isFull: boolean;
}

/** Begins to send; the returned function is called when the client is gone. */
export type Streaming = (sink: Sink) => () => void;

/** An answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Streaming | null;
}

/** How many chunks may wait in a `ReadableStream`: a page that does not read a thousand heartbeats is gone. */
const CHUNKS_MAX = 1_000;

const encoder = new TextEncoder();

/** The answer as a `Response`. */
export function toResponse({ status, headers, body }: Answer): Response {
  if (typeof body !== "function") return new Response(body, { status, headers });
  let gone = (): void => undefined;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      let isOpen = true;
      gone = body({
        write: (text) => isOpen && controller.enqueue(encoder.encode(text)),
        end() {
          if (isOpen) controller.close();
          isOpen = false;
        },
        get isFull() {
          return (controller.desiredSize ?? 0) < -CHUNKS_MAX;
        },
      });
    },
    cancel: () => gone(),
  });
  return new Response(stream, { status, headers });
}

/** Whether `If-None-Match` names this tag (RFC 9110 §13.1.2, weak comparison). */
export function isHeld(field: string | null, tag: string): boolean {
  return field !== null && field.split(",").some((held) => ["*", tag].includes(held.trim().replace(/^W\//, "")));
}

/** The value of `Permissions-Version`: a structured field (RFC 9651), which can contain only printable ASCII. */
export function versionField(subject: string, version: number): string {
  const isPlain = /^[\x20-\x7e]*$/.test(subject);
  return isPlain ? `${version};sub="${subject.replace(/["\\]/g, "\\$&")}"` : String(version);
}

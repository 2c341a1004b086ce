/** The exports of the module's generated glue. */

declare module "#glue" {
  type Came = import("./border.js").Came;

  export interface Host {
    /** Questions with their numbers: an outcome that has come already is returned, any other is told to `Engine.answered`. */
    policies(question: number): Came | undefined;
    token(question: number): Came | undefined;
    request(question: number, tenant?: string, bearer?: string, etag?: string): Came | undefined;
    renew(question: number): Came | undefined;
    abort(): void;
    renewed(token: string): void;
    settled(): void;
    stepUp(acrValues?: string, maxAgeSeconds?: number, scope?: string): void;
    openChannel(channel: number, transport: string, bearer?: string, tenant?: string, version?: number): void;
    closeChannel(): void;
    contend(contest: number, name: string, steal: boolean): void;
    yieldLead(): void;
    tell(text: string): void;
    store(text?: string): void;
    noticed(kind: string, what: string, transport: string): void;
    outdated(): void;
    published(content: boolean, status: boolean): void;
    reported(code: string, message: string, element: Element | undefined): void;
    /** The only timer: arming it again replaces the earlier time. */
    arm(ms: number): void;
    disarm(): void;
    rested(): void;
  }

  /** The functions that the page provides to the binder. */
  export interface PageHands {
    /** The application's own modes; each may return a function that undoes it. */
    readonly modes: Readonly<Record<string, (element: Element, checked: unknown) => unknown>>;
    report(code: string, message: string, element: Element, cause?: unknown): void;
    /** The part of the binder that only some pages need: the part if it is loaded, and how to load it. */
    readonly refusal: { readonly now: object | undefined; load(): Promise<object | undefined> };
    /**
     * Set by the binding; it works even if the module is gone: everything is hidden, or, if `clean`, restored as the
     * page had it.
     */
    stop?(clean: boolean): void;
  }

  export class Engine {
    constructor(options: object, host: Host);
    start(): void;
    turn(): void;
    decide(requirement: string, resource?: string): number;
    /** A decision, as JSON without the members that have no value; so is a snapshot. */
    check(requirement: string, resource?: string): string;
    somewhere(permission: string): number;
    complaint(requirement: string, resource?: string): string | undefined;
    status(): string;
    snapshot(): string;
    isLoading(): boolean;
    hasFailed(): boolean;
    ticket(): number;
    observe(
      status: number,
      version: string | undefined,
      challenge: string | undefined,
      ticket: number,
      isReplay: boolean,
    ): void;
    verdict(ticket: number): number;
    channelOpened(channel: number): void;
    channelBytes(channel: number, bytes: Uint8Array): void;
    channelMessage(channel: number, kind: string, data: string): void;
    channelEnded(channel: number, status: number, message: string, retryAfter?: string): void;
    /** The outcome of a question: `asked` is an `Asked`, and `value` may be what was thrown. */
    answered(asked: number, question: number, isGood: boolean, value: unknown): void;
    led(contest: number, leads: boolean): void;
    /**
     * `kind` is a `Told`; `status` of `channelEnded` is a `StreamEnd` or an HTTP status; `decide` and `verdict` return
     * a `Decided` and a `Verdict`.
     */
    tell(kind: number, text?: string): void;
    /** Decides the requirements of elements, which ask by the functions of the result; `explain` returns JSON. */
    bind(nodes: object): {
      learn(asked: Uint32Array, texts: string, freed: Uint32Array): Uint32Array;
      explain(key: number): string;
      complain(): void;
      disconnect(): void;
    };
    dispose(): void;
    /** Frees its memory; it must not be used afterwards. */
    free(): void;
  }

  /** Abandons the module: no call reaches it any more. */
  export function abandon(): void;
  /** Starts the same module again. */
  export function restart(): void;
  export function decodeUnverified(token: string): string;
  export function parseRequirement(text: string, dialect: string, separator: string): string;
  /** Starts the module, unless it is running. */
  export function init(module: WebAssembly.Module): Promise<void>;
  /** The same synchronously, from the module or its bytes. */
  export function initSync(given: WebAssembly.Module | BufferSource): void;
}

/** The binder's work on elements. */
declare module "#nodes" {
  /** The elements of one root. */
  export class Nodes {
    constructor(root: Node, page: import("#glue").PageHands);
    readonly size: number;
    begin(module: {
      learn(asked: Uint32Array, texts: string, freed: Uint32Array): Uint32Array | undefined;
      explain(key: number): string | undefined;
      complain(): void;
    }): void;
    refresh(): void;
    /** The bound elements: an array of element, requirement, resource, mode and decision. */
    report(): unknown;
  }
}

/** The part of the binder that is a separate chunk; only the binder looks into it. */
declare module "#refusal" {
  export const ATTRIBUTES: unknown;
  export const equipment: unknown;
}

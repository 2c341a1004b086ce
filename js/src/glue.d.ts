/** What the generated glue of the module exports. */

declare module "#glue" {
  export interface Host {
    policies(): unknown;
    token(): unknown;
    headers(url: string): Promise<unknown>;
    renew(): Promise<unknown>;
    renewed(token: string): void;
    settled(): void;
    stepUp(acrValues?: string, maxAgeSeconds?: number, scope?: string): void;
    address(tenant?: string): string | undefined;
    early(address: string, bearer: string | undefined, signal: AbortSignal): unknown;
    send(request: Request): Promise<unknown>;
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
    rested(): void;
  }

  /** What the page lends to the hands of a binding. */
  export interface PageHands {
    /** The application's own modes; each may give back how to undo it. */
    readonly modes: Readonly<Record<string, (element: Element, checked: unknown) => unknown>>;
    report(code: string, message: string, element: Element, cause?: unknown): void;
    /** What only some pages need of the binder: where it is loaded, and how to load it. */
    readonly refusal: { readonly now: object | undefined; load(): Promise<object | undefined> };
    /**
     * Set by the binding, and works whatever became of the module: everything is hidden, or as the
     * page had it where that is `clean`.
     */
    stop?(clean: boolean): void;
  }

  export class Engine {
    constructor(options: object, host: Host);
    start(): void;
    turn(): void;
    decide(requirement: string, resource?: string): number;
    check(requirement: string, resource?: string): unknown;
    somewhere(permission: string): number;
    complaint(requirement: string, resource?: string): string | undefined;
    status(): string;
    snapshot(): unknown;
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
    led(contest: number, leads: boolean): void;
    /** `kind` is a `Told`, `status` of `channelEnded` a `StreamEnd` or a status, what `decide` and `verdict` give a `Decided` and a `Verdict`. */
    tell(kind: number, text?: string): void;
    bind(
      root: Node,
      page: PageHands,
    ): { readonly size: number; refresh(): void; report(): unknown; disconnect(): void };
    dispose(): void;
    /** Gives its memory back; nothing may be asked of it after that. */
    free(): void;
  }

  /** The listener is told when a closure of the module crashed. */
  export function onCrash(listener: (cause: unknown) => void): void;
  /** Leaves the module behind: nothing reaches it any more. */
  export function abandon(): void;
  /** Starts the same module anew. */
  export function restart(): void;
  export function decodeUnverified(token: string): string;
  export function parseRequirement(text: string, dialect: string, separator: string): string;
  /** Starts the module, unless it runs. */
  export function init(module: WebAssembly.Module): Promise<void>;
  /** The same at once, from the module or its bytes. */
  export function initSync(given: WebAssembly.Module | BufferSource): void;
}

/** The part of the binder that is a chunk of its own; only the binder looks into it. */
declare module "#refusal" {
  export const ATTRIBUTES: unknown;
  export const equipment: unknown;
}

/** What the generated glue of the module exports. */

declare module "#glue" {
  export interface Host {
    policies(): Promise<[string | undefined, string | undefined]>;
    token(): Promise<string | null | undefined>;
    headers(): Promise<Headers>;
    outdated(): void;
    published(content: boolean, status: boolean): void;
    reported(code: string, message: string, element: Element | undefined): void;
    rested(): void;
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
    epoch(): bigint;
    isLoading(): boolean;
    observe(status: number, version: string | undefined, epoch: bigint): void;
    refresh(): void;
    invalidate(): void;
    setToken(token?: string): void;
    setTenant(tenant?: string): void;
    tokenProviderChanged(): void;
    signOut(): void;
    bind(root: Node): { readonly size: number; refresh(): void; disconnect(): void };
    dispose(): void;
  }

  export function decodeUnverified(token: string): string;
  export function parseRequirement(text: string, dialect: string, separator: string): string;
  export function initSync(options: { module: WebAssembly.Module | BufferSource }): unknown;
  export default function init(options: { module_or_path: unknown }): Promise<unknown>;
}

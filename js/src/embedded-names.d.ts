/** The modules that `build.mjs` inserts, and the names that bundlers replace. */

declare module "#module" {
  /** Uncompressed for the entry of Node.js, compressed (RFC 1951) for the chunk of browsers. */
  const text: string;
  export default text;
}

/** Use it only inside `try`: browsers have none. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** The text of `cloak.css`. */
declare module "#cloak" {
  const text: string;
  export default text;
}

/** The text of `first-look.js`. */
declare module "#first-look" {
  const text: string;
  export default text;
}

/** The part of Node.js that the entry for back ends uses; its types are not part of the package. */
declare module "node:crypto" {
  export function createHash(algorithm: string): { update(text: string): { digest(encoding: "base64url"): string } };
}

/** The module, compiled by the platform: an import that `build.mjs` keeps in the files for the edge. */
declare module "#compiled" {
  const module: WebAssembly.Module;
  export default module;
}

/** The parts that the entries for frameworks use of packages that only the application has. */
declare module "next/navigation" {
  export function useServerInsertedHTML(callback: () => unknown): void;
  export function useRouter(): { refresh(): void };
}
declare module "@sveltejs/kit" {
  export function error(status: number, message: string): never;
  export function redirect(status: number, location: string): never;
}

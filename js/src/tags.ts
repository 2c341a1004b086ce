/** The tags in a page's head by which the browser downloads the module and the stylesheet in parallel with the scripts. */

declare global {
  /** The SHA-384 digests of the files, in the format of the attribute `integrity`. Set by `build.mjs`. */
  const PERMGATE_INTEGRITY: Integrity;
}

/** The digest of each file that a tag refers to. */
export interface Integrity {
  readonly module: string;
  readonly whole: string;
  readonly stylesheet: string;
  readonly firstLook: string;
}

/**
 * Values of the attribute `integrity` for these files of the package (Subresource Integrity §3.5), if they are served
 * byte for byte.
 */
export const integrity: Integrity = PERMGATE_INTEGRITY;

/** The options of a tag. */
export interface TagOptions {
  /**
   * Adds the files' digests: the browser uses a file only if it is that of this package. Digests need a secure
   * context.
   */
  readonly integrity?: boolean;
  /**
   * The page needs the module with everything, `whole-permgate.wasm`, which is preloaded then: its options have no
   * `endpoint`, or have `claims`, `catalogue`, `rolePermissions`, `persist`, another `format` or the dialect `shiro`.
   */
  readonly whole?: boolean;
}

/** The options of the tag of a stylesheet or script. */
export interface StylesheetOptions extends TagOptions {
  /** A nonce that `style-src` or `script-src` of the page's Content-Security-Policy allows. */
  readonly nonce?: string | undefined;
}

/** The options of a first look. */
export interface FirstLookOptions extends StylesheetOptions {
  /** The same as the option of `createPermissions`. */
  readonly endpoint: string;
  /** The same as the option of `createPermissions`. */
  readonly credentials?: RequestCredentials;
}

/** The attributes of the `<link>` that preloads the module. */
export interface Preload {
  rel: "preload";
  as: "fetch";
  type: "application/wasm";
  href: string;
  crossorigin?: "anonymous";
  "data-integrity"?: string;
}

/** The attributes of the `<link>` to the stylesheet. */
export interface Stylesheet {
  rel: "stylesheet";
  href: string;
  crossorigin?: "anonymous";
  integrity?: string;
  nonce?: string;
}

/** The attributes of the `<script>` of a first look. */
export interface FirstLookScript {
  async: true;
  fetchpriority: "high";
  src: string;
  "data-endpoint": string;
  "data-credentials"?: RequestCredentials;
  crossorigin?: "anonymous";
  integrity?: string;
  nonce?: string;
}

/**
 * Whether an address may have another origin. In the browser, bundlers produce absolute addresses of the page's own
 * origin, too.
 */
function isElsewhere(href: string): boolean {
  return /^(https?:)?\/\//.test(href) && !href.startsWith(`${globalThis.location?.origin}/`);
}

/**
 * The attributes of the `<link>` that preloads the module from its address. permgate requests the module in the same
 * way as the tag, so that the browser uses the preloaded file.
 */
export function preload(href: string, options: TagOptions = {}): Preload {
  return {
    rel: "preload",
    as: "fetch",
    type: "application/wasm",
    href,
    // Without CORS, WebKit also uses the preloaded file.
    ...(isElsewhere(href) ? { crossorigin: "anonymous" as const } : {}),
    // Chromium ignores `integrity` here, with a warning in the console of every page: permgate compares the digest
    // itself.
    ...(options.integrity ? { "data-integrity": integrity[options.whole ? "whole" : "module"] } : {}),
  };
}

/** The attributes of the `<link>` to `cloak.css` at its address. */
export function stylesheet(href: string, options: StylesheetOptions = {}): Stylesheet {
  return {
    rel: "stylesheet",
    href,
    // A file of another origin can only be checked if CORS allows reading it.
    ...(options.integrity ? { crossorigin: "anonymous" as const, integrity: integrity.stylesheet } : {}),
    ...(options.nonce ? { nonce: options.nonce } : {}),
  };
}

/**
 * The attributes of the `<script>` of a first look, from the address of `first-look.js`: it requests the document
 * before the program is there, and grants plain names until the module runs. Only for pages whose endpoint needs only a
 * cookie, and whose program has no option about how to read the document.
 */
export function firstLook(src: string, { endpoint, credentials, ...options }: FirstLookOptions): FirstLookScript {
  return {
    async: true,
    // Scripts with `async` would be downloaded late otherwise.
    fetchpriority: "high",
    src,
    "data-endpoint": endpoint,
    ...(credentials ? { "data-credentials": credentials } : {}),
    ...(options.integrity ? { crossorigin: "anonymous" as const, integrity: integrity.firstLook } : {}),
    ...(options.nonce ? { nonce: options.nonce } : {}),
  };
}

/** The tags that `headTags` writes: any of them. */
export interface HeadOptions extends StylesheetOptions {
  /** The address of `first-look.js`, and the endpoint for its request. */
  readonly firstLook?: { readonly src: string } & Pick<FirstLookOptions, "endpoint" | "credentials">;
  /** The address of `permgate.wasm`; with `whole`, of `whole-permgate.wasm`. */
  readonly module?: string;
  /** The address of `cloak.css`. */
  readonly stylesheet?: string;
}

/** The tags as HTML, for a server that writes its pages itself: put them first in `<head>`. */
export function headTags(options: HeadOptions): string {
  const tags = [
    options.firstLook === undefined ? [] : [`${html("script", firstLook(options.firstLook.src, { ...options, ...options.firstLook }))}</script>`],
    options.stylesheet === undefined ? [] : [html("link", stylesheet(options.stylesheet, options))],
    options.module === undefined ? [] : [html("link", preload(options.module, options))],
  ];
  return tags.flat().join("\n");
}

function html(tag: string, attributes: Preload | Stylesheet | FirstLookScript): string {
  const written = Object.entries(attributes).map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`));
  return `<${tag}${written.join("")}>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

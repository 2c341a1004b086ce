/** The tags in a page's head by which the browser downloads the module and the stylesheet beside the scripts, not after them. */

declare global {
  /** The files' SHA-384, as the attribute `integrity` takes it. Set by `build.mjs`. */
  const PERMGATE_INTEGRITY: Integrity;
}

/** A digest of each file that a tag names. */
export interface Integrity {
  readonly module: string;
  readonly stylesheet: string;
  readonly firstLook: string;
}

/** What the attribute `integrity` takes for these files of the package (Subresource Integrity §3.5), where they are served byte for byte. */
export const integrity: Integrity = PERMGATE_INTEGRITY;

/** How a tag is written. */
export interface TagOptions {
  /** Writes what the files' digests are: a file is refused unless it is that of this package. Digests need a secure context. */
  readonly integrity?: boolean;
}

/** The same of a stylesheet or script. */
export interface StylesheetOptions extends TagOptions {
  /** The nonce of a Content-Security-Policy whose `style-src`, or `script-src`, names it. */
  readonly nonce?: string | undefined;
}

/** What a first look asks. */
export interface FirstLookOptions extends StylesheetOptions {
  /** As the option of `createPermissions`. */
  readonly endpoint: string;
  /** As the option of `createPermissions`. */
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

/** Whether an address may be of another origin. In the browser, bundlers give whole addresses of the page's own, too. */
function isElsewhere(href: string): boolean {
  return /^(https?:)?\/\//.test(href) && !href.startsWith(`${globalThis.location?.origin}/`);
}

/**
 * The attributes of the `<link>` that preloads the module from its address. permgate asks for the module as its tag does,
 * and the browser gives it what it has preloaded.
 */
export function preload(href: string, options: TagOptions = {}): Preload {
  return {
    rel: "preload",
    as: "fetch",
    type: "application/wasm",
    href,
    // Without CORS, also WebKit takes what was preloaded.
    ...(isElsewhere(href) ? { crossorigin: "anonymous" as const } : {}),
    // Chromium ignores `integrity` here, and says so in the console of every page: permgate compares it.
    ...(options.integrity ? { "data-integrity": integrity.module } : {}),
  };
}

/** The attributes of the `<link>` to `cloak.css` at its address. */
export function stylesheet(href: string, options: StylesheetOptions = {}): Stylesheet {
  return {
    rel: "stylesheet",
    href,
    // Of another origin, only what CORS allows to be read can be checked.
    ...(options.integrity ? { crossorigin: "anonymous" as const, integrity: integrity.stylesheet } : {}),
    ...(options.nonce ? { nonce: options.nonce } : {}),
  };
}

/**
 * The attributes of the `<script>` of a first look, from the address of `first-look.js`: it asks the endpoint before the
 * program is there, and grants plain names until the module runs. Only for pages whose endpoint needs a cookie alone, and
 * whose program has no option that says how to read the document.
 */
export function firstLook(src: string, { endpoint, credentials, ...options }: FirstLookOptions): FirstLookScript {
  return {
    async: true,
    // Scripts that are `async` come late otherwise.
    fetchpriority: "high",
    src,
    "data-endpoint": endpoint,
    ...(credentials ? { "data-credentials": credentials } : {}),
    ...(options.integrity ? { crossorigin: "anonymous" as const, integrity: integrity.firstLook } : {}),
    ...(options.nonce ? { nonce: options.nonce } : {}),
  };
}

/** What `headTags` writes tags for: any of them. */
export interface HeadOptions extends StylesheetOptions {
  /** The address of `first-look.js`, and the endpoint that it asks. */
  readonly firstLook?: { readonly src: string } & Pick<FirstLookOptions, "endpoint" | "credentials">;
  /** The address of `permgate.wasm`. */
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

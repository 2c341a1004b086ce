/** The plugin for Vite: tags in the page's head by which the browser downloads the module and the stylesheet in parallel with the scripts. */

import cloakText from "#cloak";
import firstLookText from "#first-look";
import { type FirstLookOptions, type TagOptions, firstLook, preload, stylesheet } from "./tags.js";

/** A tag in the head of the page. */
interface Tag {
  tag: string;
  attrs: Record<string, string | boolean>;
  injectTo: "head-prepend";
}

/**
 * The part of Vite's context that a plugin gets for a page (`transformIndexHtml`, since Vite 3); `bundle` only when it
 * builds.
 */
interface Page {
  path: string;
  bundle?: Record<string, { type: string; fileName: string }>;
}

/** The part of Node's response that is used here. */
interface Response {
  setHeader(name: string, value: string): unknown;
  end(text: string): unknown;
}

/** The methods that Vite calls; assignable to its own type `Plugin`. */
export interface VitePlugin {
  name: string;
  configResolved(config: { base: string; command: "build" | "serve" }): void;
  configureServer(server: {
    middlewares: { use(handler: (request: { url?: string | undefined }, response: Response, next: () => void) => void): unknown };
  }): void;
  buildStart(this: { emitFile(file: { type: "asset"; name: string; source: string }): string }): void;
  generateBundle(this: { getFileName(reference: string): string }): void;
  transformIndexHtml: { order: "post"; handler(html: string, page: Page): Tag[] };
}

/** The files that the tags name, with their texts and media types. */
const FILES = { cloak: ["cloak.css", cloakText, "text/css"], firstLook: ["first-look.js", firstLookText, "text/javascript"] } as const;

/** Where the development server serves them, below its base. */
const SERVED = "@permgate/";

/** The options of the plugin. */
export interface PluginOptions extends TagOptions {
  /** Adds the tag of a first look at this endpoint. */
  readonly firstLook?: Pick<FirstLookOptions, "endpoint" | "credentials">;
}

/**
 * Writes tags into the page: one that links `cloak.css`, so that no tagged element is visible before the script runs,
 * and, in builds, one that preloads the WebAssembly module; with `firstLook`, the script that requests the document
 * before the program is there. It needs no inline script or style. Vite's own `html.cspNonce` adds the nonce to
 * stylesheet and script.
 */
export function permgate(options: PluginOptions = {}): VitePlugin {
  let base = "/";
  let isBuild = false;
  const files = [FILES.cloak, ...(options.firstLook ? [FILES.firstLook] : [])];
  const addresses = new Map<string, string>(files.map(([name]) => [name, SERVED + name]));
  const references = new Map<string, string>();
  return {
    name: "permgate",
    configResolved(config) {
      base = config.base;
      isBuild = config.command === "build";
    },
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const file = files.find(([name]) => request.url?.split("?")[0] === base + SERVED + name);
        if (!file) return next();
        response.setHeader("Content-Type", file[2]);
        response.end(file[1]);
      });
    },
    buildStart() {
      if (!isBuild) return;
      for (const [name, source] of files) references.set(name, this.emitFile({ type: "asset", name, source }));
    },
    generateBundle() {
      for (const [name, reference] of references) addresses.set(name, this.getFileName(reference));
    },
    transformIndexHtml: {
      order: "post",
      handler(_, { path, bundle = {} }) {
        // A relative base is resolved against the folder of the page.
        const root = base === "" || base === "./" ? "../".repeat(path.replace(/^\//, "").split("/").length - 1) || "./" : base;
        const module = Object.values(bundle).find(({ fileName }) => (options.whole ? /(^|\/)whole-permgate[^/]*\.wasm$/ : /(^|\/)permgate[^/]*\.wasm$/).test(fileName));
        const address = (name: string) => root + addresses.get(name);
        const tag = (name: string, attributes: object): Tag => ({ tag: name, attrs: { ...attributes }, injectTo: "head-prepend" });
        const tags = [tag("link", stylesheet(address("cloak.css"), options))];
        if (options.firstLook) tags.unshift(tag("script", firstLook(address("first-look.js"), { ...options, ...options.firstLook })));
        if (module) tags.push(tag("link", preload(root + module.fileName, options)));
        return tags;
      },
    },
  };
}

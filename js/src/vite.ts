/** The plugin for Vite: tags in the page's head by which the browser downloads the module and the stylesheet beside the scripts, not after them. */

import text from "#cloak";
import { type Preload, type Stylesheet, type TagOptions, preload, stylesheet } from "./tags.js";

/** A tag in the head of the page. */
interface Tag {
  tag: string;
  attrs: Record<string, string>;
  injectTo: "head-prepend";
}

/** What Vite tells a plugin of a page (its `transformIndexHtml`, since Vite 3); `bundle` only when it builds. */
interface Page {
  path: string;
  bundle?: Record<string, { type: string; fileName: string }>;
}

/** The part of Node's response that is used here. */
interface Response {
  setHeader(name: string, value: string): unknown;
  end(text: string): unknown;
}

/** What Vite calls; its own type `Plugin` takes it. */
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

/** Where the development server has the stylesheet, below its base. */
const SERVED = "@permgate/cloak.css";

/**
 * Writes two tags into the page: one that links `cloak.css`, so that nothing tagged is seen before the script runs, and,
 * in builds, one that preloads the WebAssembly module. It needs no inline script or style. Vite's own `html.cspNonce`
 * gives the stylesheet its nonce.
 */
export function permgate(options: TagOptions = {}): VitePlugin {
  let base = "/";
  let isBuild = false;
  let reference = "";
  let cloak = SERVED;
  return {
    name: "permgate",
    configResolved(config) {
      base = config.base;
      isBuild = config.command === "build";
    },
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        if (request.url?.split("?")[0] !== base + SERVED) return next();
        response.setHeader("Content-Type", "text/css");
        response.end(text);
      });
    },
    buildStart() {
      if (isBuild) reference = this.emitFile({ type: "asset", name: "cloak.css", source: text });
    },
    generateBundle() {
      cloak = this.getFileName(reference);
    },
    transformIndexHtml: {
      order: "post",
      handler(_, { path, bundle = {} }) {
        // A relative base counts from the folder of the page.
        const root = base === "" || base === "./" ? "../".repeat(path.replace(/^\//, "").split("/").length - 1) || "./" : base;
        const module = Object.values(bundle).find(({ fileName }) => /(^|\/)permgate[^/]*\.wasm$/.test(fileName));
        const links: (Preload | Stylesheet)[] = [stylesheet(root + cloak, options)];
        if (module) links.push(preload(root + module.fileName, options));
        return links.map((attributes) => ({ tag: "link", attrs: { ...attributes }, injectTo: "head-prepend" }));
      },
    },
  };
}

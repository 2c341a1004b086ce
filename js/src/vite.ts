/** The plugin for Vite: tags in the page's head by which the browser downloads the module and the stylesheet beside the scripts, not after them. */

import stylesheet from "#cloak";

/** A tag in the head of the page. */
interface Tag {
  tag: string;
  attrs: Record<string, string | boolean>;
  injectTo: "head-prepend";
}

/** What Vite tells a plugin of what it built (its `transformIndexHtml`, since Vite 3). */
interface Built {
  bundle?: Record<string, { type: string; fileName: string }>;
}

/** What Vite calls; its own type `Plugin` takes it. */
export interface VitePlugin {
  name: string;
  apply: "build";
  configResolved(config: { base: string }): void;
  buildStart(this: { emitFile(file: { type: "asset"; name: string; source: string }): string }): void;
  generateBundle(this: { getFileName(reference: string): string }): void;
  transformIndexHtml: { order: "post"; handler(html: string, context: Built): Tag[] };
}

/**
 * Writes two tags into the page that `vite build` makes: one that links `cloak.css`, so that nothing tagged is seen
 * before the script runs, and one that preloads the WebAssembly module. It needs no inline script or style.
 */
export function permgate(): VitePlugin {
  let base = "/";
  let reference = "";
  let cloak = "";
  return {
    name: "permgate",
    apply: "build",
    configResolved(config) {
      base = config.base;
    },
    buildStart() {
      reference = this.emitFile({ type: "asset", name: "cloak.css", source: stylesheet });
    },
    generateBundle() {
      cloak = this.getFileName(reference);
    },
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle = {} }) {
        const module = Object.values(bundle).find(({ fileName }) => /(^|\/)permgate[^/]*\.wasm$/.test(fileName));
        const tags: Tag[] = [{ tag: "link", attrs: { rel: "stylesheet", href: base + cloak }, injectTo: "head-prepend" }];
        // As `fetch` asks for it, or the browser would download it twice.
        const attrs = { rel: "preload", as: "fetch", type: "application/wasm", crossorigin: "anonymous" };
        if (module) tags.push({ tag: "link", attrs: { ...attrs, href: base + module.fileName }, injectTo: "head-prepend" });
        return tags;
      },
    },
  };
}

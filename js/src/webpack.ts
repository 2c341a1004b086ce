/** The plugin for webpack: tags in the pages of html-webpack-plugin by which the browser downloads the module and the stylesheet in parallel with the scripts. */

import stylesheetText from "#cloak";
import firstLookText from "#first-look";
import { type FirstLookOptions, type TagOptions, firstLook, integrity, preload, stylesheet } from "./tags.js";

/** A tag in html-webpack-plugin. */
interface HtmlTag {
  tagName: string;
  voidTag: boolean;
  attributes: object;
  meta: object;
}

/** The part of a page that html-webpack-plugin is about to write. */
interface HtmlPage {
  publicPath: string;
  headTags: HtmlTag[];
}

/** The part of html-webpack-plugin's class that is used here. */
interface HtmlPlugin {
  getCompilationHooks?: (compilation: Compilation) => { alterAssetTagGroups: { tap(name: string, alter: (page: HtmlPage) => HtmlPage): void } };
}

/** The part of webpack's `Compilation` that is used here. */
interface Compilation {
  hooks: { processAssets: { tap(options: { name: string; stage: number }, add: () => void): void } };
  getAssets(): readonly { name: string; info: { sourceFilename?: string } }[];
  emitAsset(name: string, source: unknown, info: { minimized: boolean }): void;
}

/** The part of webpack's `Compiler` that is used here. */
interface Compiler {
  options: { plugins: readonly unknown[] };
  hooks: { thisCompilation: { tap(name: string, begin: (compilation: Compilation) => void): void } };
  webpack: { Compilation: { PROCESS_ASSETS_STAGE_ADDITIONAL: number }; sources: { RawSource: new (text: string) => unknown } };
}

/** webpack's `Compiler`, whose own types are not part of the package. */
export interface WebpackCompiler {
  readonly options: object;
  readonly hooks: object;
  readonly webpack: object;
}

const NAME = "permgate";

/** The options of the plugin. */
export interface PluginOptions extends TagOptions {
  /** Adds the tag of a first look at this endpoint. */
  readonly firstLook?: Pick<FirstLookOptions, "endpoint" | "credentials">;
}

/**
 * Writes tags into every page that html-webpack-plugin makes: one that links `cloak.css`, so that no tagged element is
 * visible before the script runs, and one that preloads the WebAssembly module; with `firstLook`, the script that
 * requests the document before the program is there. It needs no inline script or style.
 */
export class PermgatePlugin {
  readonly #options: PluginOptions;

  constructor(options: PluginOptions = {}) {
    this.#options = options;
  }

  apply(given: WebpackCompiler): void {
    const compiler = given as Compiler;
    const { Compilation, sources } = compiler.webpack;
    const hash = (digest: string) => digest.replace(/^sha384-|[^A-Za-z0-9]/g, "").slice(0, 12);
    const cloak = `cloak.${hash(integrity.stylesheet)}.css`;
    const look = `first-look.${hash(integrity.firstLook)}.js`;
    const options = this.#options;
    compiler.hooks.thisCompilation.tap(NAME, (compilation) => {
      const stage = Compilation.PROCESS_ASSETS_STAGE_ADDITIONAL;
      // Marked as minimized, so that they are left as they are: otherwise their digests would change.
      const emit = () => {
        compilation.emitAsset(cloak, new sources.RawSource(stylesheetText), { minimized: true });
        if (options.firstLook) compilation.emitAsset(look, new sources.RawSource(firstLookText), { minimized: true });
      };
      compilation.hooks.processAssets.tap({ name: NAME, stage }, emit);
      for (const { getCompilationHooks } of htmlPlugins(compiler)) {
        getCompilationHooks?.(compilation).alterAssetTagGroups.tap(NAME, (page) => {
          const address = (name: string) => (page.publicPath === "auto" ? "" : page.publicPath) + name;
          const module = compilation.getAssets().find(({ info }) => (options.whole ? /[/\\]whole-permgate\.wasm$/ : /[/\\]permgate\.wasm$/).test(info.sourceFilename ?? ""));
          const tag = (tagName: string, attributes: object) => ({ tagName, voidTag: tagName === "link", attributes, meta: { plugin: NAME } });
          page.headTags.unshift(
            ...(options.firstLook ? [tag("script", firstLook(address(look), { ...options, ...options.firstLook }))] : []),
            tag("link", stylesheet(address(cloak), options)),
            ...(module ? [tag("link", preload(address(module.name), options))] : []),
          );
          return page;
        });
      }
    });
  }
}

/** The classes of html-webpack-plugin that the configuration uses: each has its own hooks. */
function htmlPlugins({ options }: Compiler): Set<HtmlPlugin> {
  const classes = options.plugins.map((plugin) => (plugin as object | undefined)?.constructor as HtmlPlugin | undefined);
  return new Set(classes.filter((one): one is HtmlPlugin => typeof one?.getCompilationHooks === "function"));
}

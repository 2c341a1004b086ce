/** The plugin for webpack: tags in the pages of html-webpack-plugin by which the browser downloads the module and the stylesheet beside the scripts. */

import stylesheetText from "#cloak";
import firstLookText from "#first-look";
import { type FirstLookOptions, type TagOptions, firstLook, integrity, preload, stylesheet } from "./tags.js";

/** A tag, as html-webpack-plugin has it. */
interface HtmlTag {
  tagName: string;
  voidTag: boolean;
  attributes: object;
  meta: object;
}

/** What html-webpack-plugin tells of a page that it is about to write. */
interface HtmlPage {
  publicPath: string;
  headTags: HtmlTag[];
}

/** What is used of the class of html-webpack-plugin. */
interface HtmlPlugin {
  getCompilationHooks?: (compilation: Compilation) => { alterAssetTagGroups: { tap(name: string, alter: (page: HtmlPage) => HtmlPage): void } };
}

/** What is used of webpack's `Compilation`. */
interface Compilation {
  hooks: { processAssets: { tap(options: { name: string; stage: number }, add: () => void): void } };
  getAssets(): readonly { name: string; info: { sourceFilename?: string } }[];
  emitAsset(name: string, source: unknown, info: { minimized: boolean }): void;
}

/** What is used of webpack's `Compiler`. */
interface Compiler {
  options: { plugins: readonly unknown[] };
  hooks: { thisCompilation: { tap(name: string, begin: (compilation: Compilation) => void): void } };
  webpack: { Compilation: { PROCESS_ASSETS_STAGE_ADDITIONAL: number }; sources: { RawSource: new (text: string) => unknown } };
}

/** webpack's `Compiler`, whose own types are no part of the package. */
export interface WebpackCompiler {
  readonly options: object;
  readonly hooks: object;
  readonly webpack: object;
}

const NAME = "permgate";

/** What the plugin is given. */
export interface PluginOptions extends TagOptions {
  /** Adds the tag of a first look at this endpoint. */
  readonly firstLook?: Pick<FirstLookOptions, "endpoint" | "credentials">;
}

/**
 * Writes tags into every page that html-webpack-plugin makes: one that links `cloak.css`, so that nothing tagged is
 * seen before the script runs, and one that preloads the WebAssembly module; with `firstLook`, the script that asks for
 * the document before the program is there. It needs no inline script or style.
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
      // What is said to be minimized is left as it is: otherwise its digest would be another.
      const emit = () => {
        compilation.emitAsset(cloak, new sources.RawSource(stylesheetText), { minimized: true });
        if (options.firstLook) compilation.emitAsset(look, new sources.RawSource(firstLookText), { minimized: true });
      };
      compilation.hooks.processAssets.tap({ name: NAME, stage }, emit);
      for (const { getCompilationHooks } of htmlPlugins(compiler)) {
        getCompilationHooks?.(compilation).alterAssetTagGroups.tap(NAME, (page) => {
          const address = (name: string) => (page.publicPath === "auto" ? "" : page.publicPath) + name;
          const module = compilation.getAssets().find(({ info }) => /[/\\]permgate\.wasm$/.test(info.sourceFilename ?? ""));
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

/** The classes of html-webpack-plugin that the configuration uses: each has hooks of its own. */
function htmlPlugins({ options }: Compiler): Set<HtmlPlugin> {
  const classes = options.plugins.map((plugin) => (plugin as object | undefined)?.constructor as HtmlPlugin | undefined);
  return new Set(classes.filter((one): one is HtmlPlugin => typeof one?.getCompilationHooks === "function"));
}

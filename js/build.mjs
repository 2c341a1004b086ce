/** Builds the npm package into dist/: bundles each entry with the glue, and writes the types. */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import { build, transform } from "esbuild";
import { minify } from "terser";
import { slim } from "./glue-slim.mjs";
import { restartable } from "./glue.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const dist = join(here, "dist");
/** The two builds of the module, each with what calls it: the one with everything, and the one that most pages download. */
const builds = ["wasm-bindgen", "wasm-bindgen-default"].map((folder) => ({
  glue: join(root, `target/${folder}/permgate.js`),
  wasm: join(root, `target/${folder}/permgate_bg.wasm`),
}));
const [whole, ordinary] = builds;

if (!builds.every(({ glue, wasm }) => existsSync(glue) && existsSync(wasm))) {
  console.error("target/wasm-bindgen is missing; `cargo xtask dist` builds it and then calls this");
  process.exit(1);
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, "cjs"), { recursive: true });

/**
 * Names the build in a custom section of the module (WebAssembly Core Specification §5.5.3): the
 * names of its imports and exports are short and used again by every version, so that JavaScript
 * could not tell the module of another one, from a cache, say.
 */
const files = createHash("sha256");
for (const { glue, wasm } of builds) files.update(readFileSync(wasm)).update(readFileSync(glue));
const section = `permgate ${files.digest("hex").slice(0, 8)}`;
const named = (bytes, name) =>
  Buffer.concat([
    bytes,
    // The sizes of the section and of its name, each in one byte.
    Buffer.from([0, name.length + 1, name.length]),
    Buffer.from(name),
  ]);
const module = named(readFileSync(ordinary.wasm), section);
// The same in both builds, which belong together; and another one that tells them apart.
const wholeModule = named(named(readFileSync(whole.wasm), section), `${section} whole`);

/** Of a file, what the attribute `integrity` takes (Subresource Integrity §3.5). */
const integrityOf = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;

/** The glue looks for the module beside itself, under another name; the entries say where it is. */
const glueOf = ({ glue }) => ({
  name: "glue",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^#glue$/ }, () => ({ path: glue }));
    onResolve({ filter: /^#nodes$/ }, () => ({ path: join(root, "src/dom/nodes.js") }));
    onResolve({ filter: /^#refusal$/ }, () => ({ path: join(root, "src/dom/refusal/refusal.js") }));
    onLoad({ filter: /permgate\.js$/ }, async ({ path }) => {
      const { readFile } = await import("node:fs/promises");
      const text = await readFile(path, "utf8");
      if (/import\.meta\.url/.test(text)) throw new Error("the glue still has a path of its own");
      return { contents: slim(restartable(text)), loader: "js" };
    });
  },
});

/** The module as text, for the entries that hold it. */
const moduleAs = (bytes) => ({
  name: "module",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^#module$/ }, ({ path }) => ({ path, namespace: "module" }));
    onLoad({ filter: /./, namespace: "module" }, () => ({ contents: bytes.toString("base64"), loader: "text" }));
  },
});

/** Chunks stay files of their own: what is imported only later, or only where the module is not found. */
const chunksApart = {
  name: "chunks",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/(inline|whole|refusal|misspelt|patch|channel)\.js$/ }, ({ path, kind }) => (kind === "dynamic-import" ? { path, external: true } : undefined));
  },
};

/** Where everything is one file, nothing is loaded later. */
const chunksHere = {
  name: "chunks",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/chunks\.js$/ }, ({ importer }) => (importer.endsWith(".ts") ? { path: join(here, "src/chunks-here.ts") } : undefined));
  },
};

/** What the entries for servers share stays a file of its own: the module is in it. */
const decideApart = {
  name: "decide",
  setup({ onResolve }) {
    onResolve({ filter: /\/decide\.js$/ }, ({ path }) => ({ path, external: true }));
  },
};

/** Where the platform compiles the module, by the condition in package.json that says so, and how it is imported there. */
const edges = { workerd: "./whole-permgate.wasm", "edge-light": "./whole-permgate.wasm?module" };

/** At the edge: the module stays a file of its own. */
const compiledBy = (path) => ({
  name: "compiled",
  setup({ onResolve }) {
    onResolve({ filter: /\/embedded\.js$/ }, () => ({ path: join(here, "src/embedded-edge.ts") }));
    onResolve({ filter: /^#compiled$/ }, () => ({ path, external: true }));
  },
});

/** The bridges of the kit for back ends. */
const bridges = ["express", "fastify", "hono", "next"];

/** Environments for tests may lack these. */
const inject = [join(here, "src/text-coding.ts")];

/** The stylesheet as text, for the plugin that puts it beside a page, and for an adapter that brings it. */
const textOf = (cloak) => ({
  name: "cloak",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^#cloak$/ }, ({ path }) => ({ path, namespace: "cloak" }));
    onLoad({ filter: /./, namespace: "cloak" }, () => ({ contents: cloak, loader: "text" }));
    onResolve({ filter: /^#first-look$/ }, ({ path }) => ({ path, namespace: "first-look" }));
    onLoad({ filter: /./, namespace: "first-look" }, () => ({ contents: firstLook.toString(), loader: "text" }));
  },
});
const cloak = readFileSync(join(here, "src/cloak.css"), "utf8");
const cloakAsText = textOf(cloak);
const shortCloakAsText = textOf((await transform(cloak, { loader: "css", minify: true, target: "es2022" })).code.trim());

/** The entries for frameworks, each with the packages that the application has. What they share is a file of its own. */
const adapters = { adapter: [], react: ["react"], "react-router": ["react", "react-router"], "tanstack-router": ["@tanstack/react-router"], vue: ["vue"], "vue-guard": [], "vue-router": [], next: ["react", "next/navigation"], sveltekit: ["@sveltejs/kit"] };

/** Svelte's are modules only, of which one is a component that the application compiles. */
const ofSvelte = ["svelte", "svelte-state"].map((entry) => {
  const external = ["svelte", "svelte/reactivity", "./adapter.js", "./svelte-state.js", "./PermissionGuard.svelte"];
  return [`${entry}.js`, { entry, platform: "neutral", plugins: [], external }];
});

/**
 * Angular's is a module only, and compiled to the end by the application's linker: that looks for the names of
 * declarations in the text, and reads their objects, so that names stay, and nothing is written in escapes.
 */
const ofAngular = { entry: "angular", platform: "neutral", plugins: [shortCloakAsText], external: ["@angular/core", "@angular/router", "./adapter.js"], minify: false, minifyWhitespace: true, charset: "utf8" };

/** Both kinds of an adapter. React's are code of the client, for frameworks that render components on the server, too. */
const ofFrameworks = Object.entries(adapters).flatMap(([entry, packages]) => {
  const banner = packages.includes("react") ? { js: '"use client";' } : {};
  const shared = { entry, platform: "neutral", plugins: [], external: [...packages, "./adapter.js", "./react.js", "./vue-guard.js"], banner };
  return [[`${entry}.js`, shared], [`cjs/${entry}.js`, { ...shared, format: "cjs" }]];
});

// Built first, since the tags have its digest, and the plugins its text.
await build({
  entryPoints: [join(here, "src/first-look.ts")],
  outfile: join(dist, "first-look.js"),
  bundle: true,
  format: "iife",
  target: "es2022",
  minify: true,
  legalComments: "none",
});
const firstLook = readFileSync(join(dist, "first-look.js"));

const integrity = { module: integrityOf(module), whole: integrityOf(wholeModule), stylesheet: integrityOf(readFileSync(join(here, "src/cloak.css"))), firstLook: integrityOf(firstLook) };

const entries = {
  ...Object.fromEntries([...ofFrameworks, ...ofSvelte]),
  "angular.js": ofAngular,
  "index.js": { entry: "index", build: ordinary, platform: "browser", plugins: [chunksApart] },
  "whole.js": { entry: "whole", platform: "browser", plugins: [] },
  "refusal.js": { entry: "refusal", platform: "browser", plugins: [chunksApart] },
  "misspelt.js": { entry: "misspelt", platform: "browser", plugins: [] },
  "patch.js": { entry: "patch", platform: "browser", plugins: [] },
  "channel.js": { entry: "channel", platform: "browser", plugins: [] },
  // Compressed, or webpack would warn of its size in every build.
  "inline.js": { entry: "inline", platform: "browser", plugins: [moduleAs(deflateRawSync(wholeModule, { level: 9 }))] },
  "node.js": { entry: "node", platform: "node", plugins: [moduleAs(wholeModule), chunksHere], inject },
  "vite.js": { entry: "vite", platform: "node", plugins: [cloakAsText] },
  "cjs/vite.js": { entry: "vite", platform: "node", format: "cjs", plugins: [cloakAsText] },
  ...Object.fromEntries(
    ["tags", "webpack"].flatMap((entry) => [
      [`${entry}.js`, { entry, platform: "neutral", plugins: [cloakAsText] }],
      [`cjs/${entry}.js`, { entry, platform: "neutral", format: "cjs", plugins: [cloakAsText] }],
    ]),
  ),
  // What the entries for servers share: the module is in it once.
  "decide.js": { entry: "decide", platform: "node", plugins: [moduleAs(wholeModule), chunksHere], inject },
  "server.js": { entry: "server", platform: "node", plugins: [decideApart] },
  "cjs/server.js": { entry: "server", platform: "node", format: "cjs", plugins: [decideApart] },
  ...Object.fromEntries(
    Object.entries(edges).map(([condition, path]) => [`server.${condition}.js`, { entry: "server", platform: "neutral", plugins: [compiledBy(path), chunksHere] }]),
  ),
  // For tests, also of components in a browser: the module is in the file.
  "testing.js": { entry: "testing", platform: "neutral", plugins: [moduleAs(wholeModule), chunksHere], inject },
  "cjs/testing.js": { entry: "testing", platform: "neutral", format: "cjs", plugins: [moduleAs(wholeModule), chunksHere], inject },
  "cjs/decide.js": { entry: "decide", platform: "node", format: "cjs", plugins: [moduleAs(wholeModule), chunksHere], inject },
  ...Object.fromEntries(
    ["index", ...bridges].flatMap((name) => [
      [`backend/${name}.js`, { entry: `backend/${name}`, platform: "node", plugins: [decideApart] }],
      [`cjs/backend/${name}.js`, { entry: `backend/${name}`, platform: "node", format: "cjs", plugins: [decideApart] }],
    ]),
  ),
  "cjs/index.js": { entry: "node", platform: "node", format: "cjs", plugins: [moduleAs(wholeModule), chunksHere], inject },
};
for (const [outfile, { entry, plugins, build: from = whole, ...options }] of Object.entries(entries)) {
  await build({
    entryPoints: [join(here, `src/${entry}.ts`)],
    outfile: join(dist, outfile),
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    // The variable is left for the application's bundler to replace.
    define: { PERMGATE_SECTION: JSON.stringify(section), PERMGATE_INTEGRITY: JSON.stringify(integrity), "process.env.NODE_ENV": "process.env.NODE_ENV" },
    plugins: [...plugins, glueOf(from)],
    ...options,
  });
}

/**
 * Minifiers drop the comments that tell bundlers how to take an `import()`. An address that is known only in the browser
 * is left as it is. webpack loads chunks by script elements, which a policy with Trusted Types refuses: it takes them in.
 */
const marked = (code) =>
  code
    .replace("import(`", "import(/* webpackIgnore: true *//* @vite-ignore */`")
    .replace(/import\((?="\.\/(whole|refusal|misspelt|patch|channel)\.js"\))/g, 'import(/* webpackMode: "eager" */');

// Every visitor downloads these: a second minifier finds what the first one left (0.85 kB, brotli).
for (const file of ["index.js", "whole.js", "refusal.js", "misspelt.js", "patch.js", "channel.js"]) {
  const { code } = await minify(readFileSync(join(dist, file), "utf8"), {
    module: true,
    ecma: 2022,
    compress: { passes: 3, sequences: false, ...(file === "index.js" && { hoist_funs: true, hoist_props: false }) },
  });
  writeFileSync(join(dist, file), marked(code));
}

writeFileSync(join(dist, "permgate.wasm"), module);
writeFileSync(join(dist, "whole-permgate.wasm"), wholeModule);
copyFileSync(join(here, "src/cloak.css"), join(dist, "cloak.css"));
for (const file of ["PermissionGuard.svelte", "PermissionGuard.svelte.d.ts"]) copyFileSync(join(here, "src", file), join(dist, file));
// For tools that look for `permgate/cloak.css` without reading `exports`, such as Parcel.
copyFileSync(join(here, "src/cloak.css"), join(here, "cloak.css"));
// TypeScript asks for the types of what is imported, stylesheets included.
writeFileSync(join(dist, "cloak.css.d.ts"), "export {};\n");
for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) {
  copyFileSync(join(root, licence), join(here, licence));
}
for (const text of ["README.md", "CHANGELOG.md", "SECURITY.md", "llms.txt"]) copyFileSync(join(root, text), join(here, text));
// Whoever has the package has its guide, and messages name its pages.
rmSync(join(here, "docs"), { recursive: true, force: true });
for (const part of ["guide", "contract", "contract.md", "contract-check.md", "policy.md", "compatibility.md"]) {
  cpSync(join(root, "docs", part), join(here, "docs", part), { recursive: true });
}
execFileSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc")], {
  cwd: here,
  stdio: "inherit",
});
// The same declarations once more, since for TypeScript a file is of the kind of its package.json.
const declarations = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith(".d.ts") && name !== "cloak.css.d.ts");
for (const file of declarations) copyFileSync(join(dist, file), join(dist, "cjs", file));
writeFileSync(join(dist, "cjs/package.json"), '{ "type": "commonjs" }\n');

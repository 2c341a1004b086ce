/** The sentences of messages that the tests of the package compare: a message is rewritten here and in its source, since all other tests compare codes. */

/** `createPermissions` refuses these options as `invalid-option`: the options, and words of the sentence. */
export const INVALID_OPTIONS = [
  [undefined, "needs an object"],
  [{}, "give one of `endpoint`, `token` or `bootstrap`"],
  [{ endpoint: 7 }, "`endpoint`"],
  [{ token: 7 }, "`token`"],
  [{ bootstrap: '["invoice:view"]' }, "not a string (parse it)"],
  [{ bootstrap: Promise.resolve([]), endpoint: "https://api.example/me" }, "or a promise (await it)"],
  [{ bootstrap: null }, "there is no source"],
  [{ bootstrap: [], ttlMs: "300" }, "`ttlMs` must be a number of milliseconds"],
  [{ bootstrap: [], credentials: "all" }, "`credentials`"],
  [{ token: "x", claims: { path: "a.b" } }, "`claims.path`: a path is an array of keys or a JSON Pointer"],
  [{ token: "x", claims: { path: [], target: "x" } }, "`claims.target`: use one of `permissions`"],
  [{ token: "x", claims: [{ path: [] }, { path: [], taget: "x" }] }, "`claims[1].taget`: there is no such"],
  [{ token: "x", claims: "keycloack" }, "`claims`: there is no such preset"],
  [{ token: "x", claims: { path: "/user_metadata/roles" } }, "users can edit this claim"],
  [{ bootstrap: [], dialect: "glob" }, "`dialect`: use one of `segments`, `shiro`, `exact`"],
  [{ bootstrap: [], separator: "-" }, "`separator`: use one of"],
  [{ bootstrap: [], format: "csv" }, "`format`: use one of"],
  [{ bootstrap: [], tenant: 7 }, "`tenant`: a string is needed"],
  [{ bootstrap: [], ttlMs: Number.NaN }, "`ttlMs` must be a number of milliseconds"],
  [{ bootstrap: [], catalogue: { id: "1" } }, "`catalogue.permissions`: an array is needed"],
  [{ bootstrap: [], catalogue: { id: "1", permissions: ["a", "a"] } }, "is a duplicate"],
  [{ bootstrap: [], rolePermissions: { clerk: "a" } }, "`rolePermissions.clerk`: an object or an array"],
  [{ bootstrap: { a: 1n } }, "`bootstrap`"],
  [{ bootstrap: [], seperator: "." }, "no option `seperator`"],
  [{ endpont: "/" }, "no option `endpont`"],
  [{ bootstrap: [], headers: { a: "b" } }, "`headers` must be a function"],
  [{ token: "x", claims: [] }, "`claims` must be"],
  [{ token: "x", claims: () => "auth0" }, "`claims` must be"],
  [{ token: "x", claims: { path: ["a"], shape: "flags" } }, "list the names of the bits"],
  [{ bootstrap: [], rolePermissions: new Map() }, "must be plain objects"],
  [{ bootstrap: [], catalogue: Promise.resolve({}) }, "must be plain objects"],
  [{ bootstrap: [], rolePermissions: { clerk: { invoice: ["view"] } } }, "`rolePermissions.clerk`"],
  [{ bootstrap: [], guard: { origin: [] } }, "`guard` must be"],
  [{ bootstrap: [], guard: { origins: ["api.example"] } }, "`api.example` is not an origin"],
  [{ bootstrap: [], tenant: "" }, "not empty"],
];

/** `decodeUnverified` refuses these texts as `malformed-token`. */
export const MALFORMED_TOKENS = (token) => [
  ["a.b.c.d.e", "encrypted"],
  ["opaque", "three parts"],
  [undefined, "three parts"],
  [`${token({ sub: "u-1" })}=`, "base64url"],
  [token(null), "not a JSON object"],
];

// Arguments and requirements.

export const NO_SUCH_EVENT = /change, status, error, forbidden/;
export const OPERATOR_IS_MISSING = /write `&` between them/;
export const RESOURCE_IS_A_PATTERN = /ask about one path/;
export const MORE_THAN_ONE_PERMISSION = /asks for one permission/;
export const TOOLS_NEED_THE_WHOLE_BUILD = /`await load\(\)`/;
export const RELATIVE_ON_A_SERVER = / is relative, and a server has no page to resolve it against; make this instance in the browser only, or give a whole address such as `https:\/\//;

// Loads.

export const TENANT_IS_MISSING = /call `setTenant`/;
export const COULD_NOT_BE_LOADED = /could not be loaded/;
export const CATALOGUE_IS_MISSING = /packed with the catalogue `1`; pass that in the option `catalogue`/;
export const CONDITION_IS_REFUSED = /Access-Control-Allow-Headers: If-None-Match.*CORS headers with 304/;

// The stream.

export const PROXY_HOLDS_STREAM_BACK = /a proxy compresses or buffers it.*no-transform/;
export const CHECKER_HEARS_NO_MESSAGE = /the headers arrived, but no message within 2 s; .* let no proxy compress or buffer the stream/;

// The module and its chunks.

export const CHUNK_IS_MISSING = /deploy the package's \.wasm and \.js files together/;
export const MODULE_AND_COPY_ARE_MISSING = /permgate: the WebAssembly module could not be started .+ answered 404 .+'wasm-unsafe-eval'/;
export const MODULE_WAS_NOT_FOUND = /permgate\.wasm was not found .*\/permgate\/permgate\.wasm answered \d+ .*optimizeDeps\.exclude.*option `wasm`/s;
export const MODULE_WAS_NOT_FOUND_BY_A_DEVELOPMENT_SERVER = /^warning: permgate: permgate\.wasm was not found/;
export const WRONG_MEDIA_TYPE = /warning: permgate: serve .*permgate\.wasm as application\/wasm, not as application\/octet-stream/;
export const WASM_OF_A_WRONG_TYPE = /^invalid-option permgate: `wasm` must be the address of permgate\.wasm, a Response, its bytes/;
export const WASM_IS_ANOTHER_MODULE = /^invalid-option permgate: `wasm` is no module of this version of permgate; give it permgate\.wasm/;
export const MODES_ARE_MISSING = /refusal\.js could not be loaded/;

// The page.

export const CLOAK_IS_MISSING = /^warning: permgate: `cloak.css` is not on this page/;
export const TOO_MANY_INSTANCES = /^warning: permgate: 20 instances live on this page/;
export const FRAMEWORK_RENDERED_IT = (framework) => new RegExp(`${framework} rendered this element.*use \`hide\``);

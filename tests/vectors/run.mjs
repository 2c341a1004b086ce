/** Runs the vectors against the package. It uses nothing of Node.js or of a page, so that it runs in both. */

/** The files, and how many vectors each must have at least. */
export const FILES = {
  claims: 230,
  decisions: 60,
  documents: 150,
  requirements: 80,
  shiro: 1150,
  tokens: 70,
};

/** How many decisions there must be in all sets. */
const DECISIONS = 400;

/**
 * Goes through all vectors. `permgate` is what the package exports, `vectors` the files' contents
 * by their names. Gives how many were `checked`, by file, and a sentence for each of the `failures`.
 */
export async function run(permgate, vectors) {
  await permgate.load();
  const failures = [];
  const checked = {};
  const runners = { claims, decisions, documents, requirements, shiro, tokens };
  const { warn, error } = console;
  // Errors are expected here, and are compared below.
  console.warn = console.error = () => {};
  try {
    for (const [file, minimum] of Object.entries(FILES)) {
      const content = vectors[file];
      const { length } = Array.isArray(content) ? content : [...content.parses, ...content.implies];
      if (length < minimum) failures.push(`${file}: only ${length} of ${minimum}`);
      checked[file] = 0;
      const differ = (name, what, actual, expected) => {
        checked[file] += 1;
        if (!same(actual, expected)) failures.push(`${file}, ${abridged(name)}: ${what} is ${abridged(actual)}, not ${abridged(expected)}`);
      };
      await runners[file](permgate, content, differ);
    }
  } finally {
    Object.assign(console, { warn, error });
  }
  if (checked.decisions < DECISIONS) failures.push(`only ${checked.decisions} decisions`);
  return { checked, failures };
}

/** Calls `use` with an instance and its errors, and then disposes of the instance. */
async function instance(permgate, name, options, differ, use) {
  let permissions;
  try {
    permissions = await permgate.createPermissions(options);
  } catch (error) {
    return differ(name, "an instance", error.message, "one");
  }
  const errors = [];
  permissions.on("error", (error) => errors.push(error));
  try {
    await use(permissions, errors);
  } finally {
    permissions.dispose();
  }
}

/** The options that a vector names. */
function options({ language, layout, tenant, catalogue, roles }) {
  return {
    ...language,
    ...(layout && { format: layout }),
    ...(tenant && { tenant }),
    ...(catalogue && { catalogue }),
    ...(roles && { rolePermissions: roles }),
  };
}

async function claims(permgate, vectors, differ) {
  for (const vector of vectors) {
    const { name, expected, error } = vector;
    const token = ['{"alg":"none"}', JSON.stringify(vector.payload), ""].map(base64url).join(".");
    const settings = { token: () => token, claims: vector.claims, ...options(vector) };
    await instance(permgate, name, settings, differ, async (permissions, errors) => {
      // The first load ended before a listener could be added.
      await permissions.refresh();
      const codes = errors.map(({ code }) => code);
      if (error) {
        differ(name, "the errors", codes, ["malformed-claims"]);
        differ(name, "the path", path(errors[0]), error.path);
        differ(name, "an answer", permissions.check("a").outcome, "unknown");
        return;
      }
      const paths = expected.warnings ?? [];
      differ(name, "the warnings", codes, paths.map(() => "claim-left-out"));
      differ(name, "their paths", errors.map(path), paths);
      contents(name, permissions.snapshot(), expected, differ);
      // Nothing but `*` covers it, and no catalogue holds it.
      const { outcome } = permissions.check("no-such-permission");
      const covered = expected.permissions.includes("*");
      if (!vector.catalogue && !covered) differ(name, "a permission that the token does not list", outcome, expected.permissionsTold ? "denied" : "unknown");
    });
  }
}

async function decisions(permgate, vectors, differ) {
  for (const vector of vectors) {
    const { name, document, cases } = vector;
    await instance(permgate, name, { bootstrap: document, ...options(vector) }, differ, (permissions, errors) => {
      differ(name, "the status", permissions.status, "fresh");
      for (const { ask, on, somewhere, outcome, reason, grant, message } of cases) {
        const which = `${name}, ${ask}${on === undefined ? "" : ` on ${on}`}`;
        if (somewhere) {
          differ(which, "somewhere", permissions.canSomewhere(ask), outcome === "granted");
          continue;
        }
        const decision = permissions.check(ask, on);
        differ(which, "the outcome", decision.outcome, outcome);
        differ(which, "can", permissions.can(ask, on), outcome === "granted");
        if (reason) differ(which, "the reason", decision.reason, reason);
        if (grant) differ(which, "the grant", decision.grant, grant);
        if (message) differ(which, "the message", decision.message, message);
      }
      const odd = errors.filter(({ code }) => !["unknown-permission", "malformed-requirement"].includes(code));
      differ(name, "the errors", odd.map(String), []);
    });
  }
}

/** Documents come as answers of an endpoint: a bootstrap is no text any more. */
async function documents(permgate, vectors, differ) {
  const { fetch } = globalThis;
  try {
    for (const vector of vectors.filter(({ onlyCore }) => !onlyCore)) {
      const { name, expected, error } = vector;
      const text = long(vector.text);
      globalThis.fetch = async () => new Response(text, { headers: { "content-type": "application/json" } });
      const settings = { endpoint: "https://app.example/permissions", ...options(vector) };
      await instance(permgate, name, settings, differ, async (permissions, errors) => {
        const status = await permissions.whenReady();
        if (error) {
          differ(name, "the status", status, "failed");
          const code = errors[0]?.code === "too-large" ? "malformed-document" : errors[0]?.code;
          differ(name, "the code", code, "malformed-document");
          if (error.path) differ(name, "the path", errors[0]?.message.includes(`\`${error.path}\`: `), true);
          differ(name, "an answer", permissions.check("a").outcome, "unknown");
          return;
        }
        differ(name, "the errors", errors.map(String), []);
        differ(name, "the status", status, "fresh");
        contents(name, permissions.snapshot(), expected, differ);
        for (const key of ["subject", "tenant", "version"]) {
          differ(name, key, permissions.snapshot()[key], expected[key] ?? null);
        }
      });
    }
  } finally {
    globalThis.fetch = fetch;
  }
}

function contents(name, snapshot, expected, differ) {
  for (const key of ["permissions", "denied", "grants"]) {
    differ(name, key, sorted(snapshot[key]), sorted(expected[key] ?? []));
  }
  for (const key of ["roles", "groups", "scopes"]) {
    differ(name, key, sorted(snapshot[key]), sorted(expected[key] ?? null));
  }
}

function requirements({ parseRequirement }, vectors, differ) {
  for (const { text, language, tree, error } of vectors) {
    const result = attempt(() => parseRequirement(text, language));
    if (tree) {
      differ(text, "the tree", result.error?.message ?? result.value, tree);
    } else {
      differ(text, "the code", result.error?.code, "malformed-requirement");
      differ(text, "the position", result.error?.position, error.position);
      differ(text, "the message", result.error?.message, `permgate: ${error.message}`);
    }
  }
}

async function shiro(permgate, { parses, implies }, differ) {
  const dialect = "shiro";
  for (const { text, ok } of parses) {
    const { error } = attempt(() => permgate.parseRequirement(quoted(text), { dialect }));
    differ(text, "whether it is read", error === undefined, ok);
  }
  const grants = new Map();
  for (const vector of implies) grants.set(vector.grant, [...(grants.get(vector.grant) ?? []), vector]);
  for (const [grant, questions] of grants) {
    await instance(permgate, grant, { bootstrap: [grant], dialect }, differ, (permissions) => {
      for (const { asked, implied } of questions) {
        differ(`${grant} and ${asked}`, "whether it is implied", permissions.can(quoted(asked)), implied);
      }
    });
  }
}

function tokens({ decodeUnverified }, vectors, differ) {
  for (const { name, token, encode, ok, error } of vectors) {
    const text = encode ? encode.map((part) => base64url(long(part))).join(".") : long(token);
    const result = attempt(() => decodeUnverified(text));
    if (error) differ(name, "the code", result.error?.code, "malformed-token");
    else if (ok.claims) differ(name, "the token", result.error?.message ?? result.value, { header: ok.header, claims: ok.claims });
    else differ(name, "whether it is read", result.error?.message, undefined);
  }
}

/** The path of an error, from its message: "permgate: `a.b[1]`: …". */
function path(error) {
  return /^permgate: `(.*?)`: /.exec(error?.message ?? "")?.[1];
}

/** A text, or a text that is described by its parts. */
function long(text) {
  if (typeof text === "string") return text;
  const { before = "", repeat, times, after = "" } = text;
  return before + repeat.repeat(times) + after;
}

function quoted(name) {
  return `"${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function base64url(text) {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function attempt(call) {
  try {
    return { value: call() };
  } catch (error) {
    return { error };
  }
}

/** The items in an order that does not depend on that of the input; null stays null. */
function sorted(list) {
  return list && [...list].sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
}

function same(a, b) {
  return canonical(a) === canonical(b);
}

/** JSON in which the order of keys makes no difference. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  const members = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join()}}`;
}

function abridged(value) {
  const text = canonical(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

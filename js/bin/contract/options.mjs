/** The command line of the checker, and the credentials from the environment or standard input. */

import { text as textOf } from "node:stream/consumers";
import { UsageError } from "../usage-error.mjs";

/** What is printed for `--help`. */
export const USAGE = `permgate contract --url URL [options]

Compares a back end with the HTTP contract of permgate. The command sends only GET and
OPTIONS, follows no redirect, and has at most two streams open at once.

  --url URL             the endpoint of the permission document (required)
  --events URL          the event stream of the back end, if it has one
  --socket URL          the WebSocket of the back end, if it has one
  --poll                the endpoint also answers long polls (?wait=25&version=42)
  --api URL             a route that the user may GET: its answer must have the header
                        Permissions-Version; may be repeated
  --forbidden URL       a route that the user may not GET: its answer must be a 403; may be repeated
  --origin ORIGIN       the origin of the page, such as https://app.example: checks CORS
  --options JSON        how the page reads documents: dialect, separator, format, catalogue,
                        rolePermissions, as they are passed to createPermissions
  --header "NAME: VALUE"  a header that the page sends with every request, such as one that
                        protects against forged requests; may be repeated
  --change-with COMMAND a shell command that revokes a permission of the user: checks that the
                        change is pushed in time
  --restore-with COMMAND  a shell command that grants the permission again; it also runs after
                        a failure
  --within SECONDS      how long a pushed change may take (5)
  --heartbeat SECONDS   how long to wait for a heartbeat of a stream (20)
  --timeout SECONDS     how long to wait for an answer (10)
  --token-stdin         read the bearer token from the standard input
  --cookie-stdin        read the Cookie header from the standard input
  --json                print the report as JSON
  --help                print this help

Pass the credentials of the user in PERMGATE_TOKEN (a bearer token) or PERMGATE_COOKIE
(a Cookie header), or as the whole standard input. They are never printed.
Pass the credentials of another user, too, in PERMGATE_OTHER_TOKEN or
PERMGATE_OTHER_COOKIE, to check that the entity tag of one user is not accepted from
the other.

Exit status: 0 all checks passed, 1 at least one check failed, 2 nothing could be checked,
130 interrupted.
`;

const ADDRESSES = { "--url": ["http:", "https:"], "--events": ["http:", "https:"], "--socket": ["ws:", "wss:", "http:", "https:"] };
const REPEATED = { "--api": "apis", "--forbidden": "forbidden", "--header": "headers" };
const SECONDS = { "--within": 5, "--heartbeat": 20, "--timeout": 10 };
const TEXTS = ["--origin", "--options", "--change-with", "--restore-with"];
const SWITCHES = ["--poll", "--json", "--help", "-h", "--token-stdin", "--cookie-stdin"];
const READING = ["dialect", "separator", "format", "catalogue", "rolePermissions"];

/** The longest allowed time, in seconds. */
const LONGEST = 600;

/**
 * Reads the arguments that follow `contract`, and the credentials. Null when help was asked for.
 *
 * @throws UsageError
 */
export async function readOptions(args, { env = process.env, stdin = process.stdin } = {}) {
  const values = parse(args);
  if (values.help) return null;
  const { url, origin } = values;
  if (url === undefined) throw new UsageError("`--url` is missing; give the address of the permission document, such as `--url https://app.example/api/me/permissions`");
  if (values.restore !== undefined && values.change === undefined) {
    throw new UsageError("`--restore-with` undoes what `--change-with` does; give both, or neither");
  }
  const seconds = (name) => (values.seconds[name] ?? SECONDS[name]) * 1000;
  return {
    url,
    events: values.events,
    socket: values.socket,
    poll: values.poll === true,
    apis: values.apis,
    forbidden: values.forbidden,
    headers: Object.fromEntries(values.headers),
    origin: origin === undefined ? undefined : originOf(origin),
    reading: values.options === undefined ? {} : readingOf(values.options),
    change: values.change,
    restore: values.restore,
    withinMs: seconds("--within"),
    heartbeatMs: seconds("--heartbeat"),
    timeoutMs: seconds("--timeout"),
    json: values.json === true,
    credentials: await credentials(values, env, stdin),
    other: otherCredentials(env),
  };
}

function parse(args) {
  const values = { apis: [], forbidden: [], headers: [], seconds: {} };
  const rest = [...args];
  while (rest.length > 0) {
    const argument = rest.shift();
    const at = argument.startsWith("--") ? argument.indexOf("=") : -1;
    const name = at < 0 ? argument : argument.slice(0, at);
    if (SWITCHES.includes(name)) {
      if (at >= 0) throw new UsageError(`\`${name}\` takes no value; write it alone, or leave it out`);
      values[name === "-h" ? "help" : key(name)] = true;
      continue;
    }
    if (![ADDRESSES, REPEATED, SECONDS].some((names) => name in names) && !TEXTS.includes(name)) {
      const advice = name.startsWith("-") ? "`permgate contract --help` lists all options" : "write the address after `--url`";
      throw new UsageError(`there is no option \`${abridged(name)}\`; ${advice}`);
    }
    const value = at < 0 ? rest.shift() : argument.slice(at + 1);
    if (value === undefined || value === "") throw new UsageError(`\`${name}\` needs a value; \`permgate contract --help\` shows its form`);
    if (name in SECONDS) values.seconds[name] = seconds(name, value);
    else if (name === "--header") values.headers.push(header(value));
    else if (name in REPEATED) values[REPEATED[name]].push(address(name, value, ADDRESSES["--url"]));
    else if (key(name) in values) throw new UsageError(`\`${name}\` appears twice; give it once`);
    else values[key(name)] = name in ADDRESSES ? address(name, value, ADDRESSES[name]) : value;
  }
  return values;
}

function key(name) {
  return name.replace(/^--/, "").replace(/-with$/, "");
}

function seconds(name, value) {
  const number = Number(value);
  if (/^\d+(\.\d+)?$/.test(value) && number > 0 && number <= LONGEST) return number;
  throw new UsageError(`\`${name}\` is \`${abridged(value)}\`; give a number of seconds above 0, at most ${LONGEST}`);
}

function header(value) {
  // A name is a token, a value consists of visible letters (RFC 9110 §5.1 and §5.5).
  const [, name, content] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): *([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)$/.exec(value) ?? [];
  if (name === undefined) throw new UsageError('`--header` needs a name and a value, such as `--header "X-Requested-With: fetch"`');
  if (/^(authorization|cookie)$/i.test(name)) throw new UsageError(`\`--header ${name}\` holds credentials; give them in PERMGATE_TOKEN or PERMGATE_COOKIE`);
  return [name, content];
}

function address(name, value, protocols) {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !protocols.includes(url.protocol)) {
    throw new UsageError(`\`${name}\` is \`${abridged(value)}\`; give a whole address that begins with ${protocols.map((protocol) => `\`${protocol}//\``).join(" or ")}`);
  }
  if (url.username || url.password) {
    throw new UsageError(`\`${name}\` holds credentials; give them in PERMGATE_TOKEN or PERMGATE_COOKIE, since addresses are logged`);
  }
  url.hash = "";
  return url;
}

function originOf(value) {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol.startsWith("http") && url.origin === value) return value;
  throw new UsageError(`\`--origin\` is \`${abridged(value)}\`; give scheme, host and port without a path, such as \`https://app.example\``);
}

function readingOf(value) {
  let reading;
  try {
    reading = JSON.parse(value);
  } catch {
    throw new UsageError('`--options` is not JSON; give an object such as `{"format":"by-resource"}`');
  }
  const unknown = typeof reading === "object" && reading && !Array.isArray(reading) ? Object.keys(reading).find((name) => !READING.includes(name)) : "";
  if (unknown !== undefined) throw new UsageError(`\`--options\` must be an object with ${READING.join(", ")}${unknown && `; \`${abridged(unknown)}\` is not one of these keys`}`);
  return reading;
}

/** `{ header, value, secret }`: the header to send, and the text that must never be printed. */
async function credentials(values, env, stdin) {
  const sources = [
    ["Authorization", env.PERMGATE_TOKEN, "PERMGATE_TOKEN"],
    ["Cookie", env.PERMGATE_COOKIE, "PERMGATE_COOKIE"],
    ["Authorization", values["token-stdin"] && "", "--token-stdin"],
    ["Cookie", values["cookie-stdin"] && "", "--cookie-stdin"],
  ].filter(([, value, name]) => (name.startsWith("--") ? value === "" : value));
  if (sources.length === 0) {
    throw new UsageError("there are no credentials; set PERMGATE_TOKEN or PERMGATE_COOKIE, or pipe them in with `--token-stdin` or `--cookie-stdin`");
  }
  if (sources.length > 1) throw new UsageError(`there are several credentials (${sources.map(([, , name]) => name).join(", ")}); give one`);
  const [[header, value, name]] = sources;
  return sendable(header, value || (await textOf(stdin)), name);
}

/** The credentials of another user; undefined if there are none. */
function otherCredentials(env) {
  const { PERMGATE_OTHER_TOKEN: token, PERMGATE_OTHER_COOKIE: cookie } = env;
  if (token && cookie) throw new UsageError("there are several credentials of another user; give PERMGATE_OTHER_TOKEN or PERMGATE_OTHER_COOKIE");
  if (token) return sendable("Authorization", token, "PERMGATE_OTHER_TOKEN");
  return cookie ? sendable("Cookie", cookie, "PERMGATE_OTHER_COOKIE") : undefined;
}

function sendable(header, text, name) {
  const secret = text.trim();
  // The characters that a header can hold (RFC 9110 §5.5). Credentials are never shown, even when they are wrong.
  if (!/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(secret)) throw new UsageError(`the credentials of ${name} are empty, or hold line breaks or characters that a header cannot carry; give the text of the header alone`);
  if (header === "Authorization" && /\s/.test(secret)) throw new UsageError(`the credentials of ${name} hold a space; give the token alone, without \`Bearer\``);
  return { header, value: header === "Authorization" ? `Bearer ${secret}` : secret, secret };
}

/** A text of the caller, shortened if it is long. */
function abridged(text) {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** The command line of the checker, and the credentials from the environment or standard input. */

import { text } from "node:stream/consumers";

/** What is printed for `--help`. */
export const USAGE = `permgate contract --url URL [options]

Compares a back end with the HTTP contract of permgate. It sends GET and OPTIONS only,
follows no redirect, and opens at most two streams at once.

  --url URL             the endpoint of the permission document
  --events URL          its event stream, if there is one
  --socket URL          its WebSocket, if there is one
  --poll                the endpoint also answers long polls (?wait=25&version=42)
  --api URL             a route that the user may GET: it must say the version; may be repeated
  --forbidden URL       a route that the user may not GET: it must be refused with 403; may be repeated
  --origin ORIGIN       the origin of the page, such as https://app.example: checks CORS
  --options JSON        how the page reads documents: dialect, separator, format, catalogue,
                        rolePermissions, as given to createPermissions
  --header "NAME: VALUE"  a header that the page sends with every request, such as one against
                        forged requests; may be repeated
  --change-with COMMAND a command for the shell that takes a permission from the user:
                        checks that the change is seen in time
  --restore-with COMMAND  a command that gives it back; it runs also after a failure
  --within SECONDS      how soon a change must be pushed (5)
  --heartbeat SECONDS   how long to wait for a sign of life of a stream (20)
  --timeout SECONDS     how long an answer may take (10)
  --json                the report as JSON
  --help                print this

Credentials of the user come by the environment (PERMGATE_TOKEN for a bearer token,
PERMGATE_COOKIE for a Cookie header), or as all of the standard input (--token-stdin,
--cookie-stdin). They are never printed.
With those of another user, too (PERMGATE_OTHER_TOKEN or PERMGATE_OTHER_COOKIE), it is
checked that one user's entity tag is none for the other.

Exit status: 0 every check passed, 1 some did not, 2 nothing could be checked, 130 interrupted.
`;

/** A mistake in the call or its circumstances: one line that says what to do. */
export class UsageError extends Error {}

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
  const given = parse(args);
  if (given.help) return null;
  const { url, origin } = given;
  if (url === undefined) throw new UsageError("`--url` is missing; give the address of the permission document, such as `--url https://app.example/api/me/permissions`");
  if (given.restore !== undefined && given.change === undefined) {
    throw new UsageError("`--restore-with` undoes what `--change-with` does; give both, or neither");
  }
  const seconds = (name) => (given.seconds[name] ?? SECONDS[name]) * 1000;
  return {
    url,
    events: given.events,
    socket: given.socket,
    poll: given.poll === true,
    apis: given.apis,
    forbidden: given.forbidden,
    headers: Object.fromEntries(given.headers),
    origin: origin === undefined ? undefined : originOf(origin),
    reading: given.options === undefined ? {} : readingOf(given.options),
    change: given.change,
    restore: given.restore,
    withinMs: seconds("--within"),
    heartbeatMs: seconds("--heartbeat"),
    timeoutMs: seconds("--timeout"),
    json: given.json === true,
    credentials: await credentials(given, env, stdin),
    other: otherCredentials(env),
  };
}

function parse(args) {
  const given = { apis: [], forbidden: [], headers: [], seconds: {} };
  const rest = [...args];
  while (rest.length > 0) {
    const argument = rest.shift();
    const at = argument.startsWith("--") ? argument.indexOf("=") : -1;
    const name = at < 0 ? argument : argument.slice(0, at);
    if (SWITCHES.includes(name)) {
      if (at >= 0) throw new UsageError(`\`${name}\` takes no value; write it alone, or leave it out`);
      given[name === "-h" ? "help" : key(name)] = true;
      continue;
    }
    if (![ADDRESSES, REPEATED, SECONDS].some((names) => name in names) && !TEXTS.includes(name)) {
      const advice = name.startsWith("-") ? "`permgate contract --help` lists them" : "write the address behind `--url`";
      throw new UsageError(`there is no option \`${shown(name)}\`; ${advice}`);
    }
    const value = at < 0 ? rest.shift() : argument.slice(at + 1);
    if (value === undefined || value === "") throw new UsageError(`\`${name}\` needs a value; \`permgate contract --help\` says which`);
    if (name in SECONDS) given.seconds[name] = seconds(name, value);
    else if (name === "--header") given.headers.push(header(value));
    else if (name in REPEATED) given[REPEATED[name]].push(address(name, value, ADDRESSES["--url"]));
    else if (key(name) in given) throw new UsageError(`\`${name}\` appears twice; give it once`);
    else given[key(name)] = name in ADDRESSES ? address(name, value, ADDRESSES[name]) : value;
  }
  return given;
}

function key(name) {
  return name.replace(/^--/, "").replace(/-with$/, "");
}

function seconds(name, value) {
  const number = Number(value);
  if (/^\d+(\.\d+)?$/.test(value) && number > 0 && number <= LONGEST) return number;
  throw new UsageError(`\`${name}\` is \`${shown(value)}\`; give a number of seconds above 0, at most ${LONGEST}`);
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
    throw new UsageError(`\`${name}\` is \`${shown(value)}\`; give a whole address that begins with ${protocols.map((protocol) => `\`${protocol}//\``).join(" or ")}`);
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
  throw new UsageError(`\`--origin\` is \`${shown(value)}\`; give scheme, host and port without a path, such as \`https://app.example\``);
}

function readingOf(value) {
  let reading;
  try {
    reading = JSON.parse(value);
  } catch {
    throw new UsageError('`--options` is not JSON; give an object such as `{"format":"by-resource"}`');
  }
  const unknown = typeof reading === "object" && reading && !Array.isArray(reading) ? Object.keys(reading).find((name) => !READING.includes(name)) : "";
  if (unknown !== undefined) throw new UsageError(`\`--options\` must be an object with ${READING.join(", ")}${unknown && `; \`${shown(unknown)}\` is none of them`}`);
  return reading;
}

/** `{ header, value, secret }`: the header to send, and the text that must never be printed. */
async function credentials(given, env, stdin) {
  const sources = [
    ["Authorization", env.PERMGATE_TOKEN, "PERMGATE_TOKEN"],
    ["Cookie", env.PERMGATE_COOKIE, "PERMGATE_COOKIE"],
    ["Authorization", given["token-stdin"] && "", "--token-stdin"],
    ["Cookie", given["cookie-stdin"] && "", "--cookie-stdin"],
  ].filter(([, value, name]) => (name.startsWith("--") ? value === "" : value));
  if (sources.length === 0) {
    throw new UsageError("there are no credentials; set PERMGATE_TOKEN or PERMGATE_COOKIE, or pipe them in with `--token-stdin` or `--cookie-stdin`");
  }
  if (sources.length > 1) throw new UsageError(`there are several credentials (${sources.map(([, , name]) => name).join(", ")}); give one`);
  const [[header, value, name]] = sources;
  return sendable(header, value || (await text(stdin)), name);
}

/** The credentials of another user; undefined if there are none. */
function otherCredentials(env) {
  const { PERMGATE_OTHER_TOKEN: token, PERMGATE_OTHER_COOKIE: cookie } = env;
  if (token && cookie) throw new UsageError("there are several credentials of another user; give PERMGATE_OTHER_TOKEN or PERMGATE_OTHER_COOKIE");
  if (token) return sendable("Authorization", token, "PERMGATE_OTHER_TOKEN");
  return cookie ? sendable("Cookie", cookie, "PERMGATE_OTHER_COOKIE") : undefined;
}

function sendable(header, given, name) {
  const secret = given.trim();
  // The characters that a header can hold (RFC 9110 §5.5). Credentials are never shown, even when they are wrong.
  if (!/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(secret)) throw new UsageError(`the credentials of ${name} are empty, or hold line breaks or characters that a header cannot carry`);
  if (header === "Authorization" && /\s/.test(secret)) throw new UsageError(`the credentials of ${name} hold a space; give the token alone, without \`Bearer\``);
  return { header, value: header === "Authorization" ? `Bearer ${secret}` : secret, secret };
}

/** A text of the caller, shortened if it is long. */
function shown(text) {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

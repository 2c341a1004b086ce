/** Writes the results of the checks, as text or as JSON, without any credentials. */

const MARKS = { passed: "ok", failed: "FAIL", advice: "look", unjudged: "-" };

/** The option or variable that asks for each group of optional checks. */
const ASKS = { "tag.subject": "PERMGATE_OTHER_TOKEN", api: "--api", forbidden: "--forbidden", cors: "--origin", events: "--events", socket: "--socket", poll: "--poll", change: "--change-with" };

/** A function that removes credentials and control characters from a text. */
export function cleaner({ credentials, other }) {
  const credentialTexts = [credentials.secret, other?.secret ?? ""];
  // The values of cookies are removed too: a server may repeat one.
  const values = credentialTexts.flatMap((secret) => secret.split(/;\s*/)).map((pair) => pair.slice(pair.indexOf("=") + 1));
  const secrets = [...new Set([...credentialTexts, ...values])].filter((text) => text.length >= 4).sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const each of secrets) clean = clean.replaceAll(each, "…");
    return clean.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ");
  };
}

/** The report for people. */
export function reportText({ checks, counts, requests }) {
  const width = Math.max(...checks.map(({ id }) => id.length));
  const lines = checks
    .filter(({ outcome }) => outcome !== "not-asked")
    .flatMap(({ number, id, title, outcome, message }) => [
      `${MARKS[outcome].padEnd(4)} ${String(number).padStart(2)} ${id.padEnd(width)}  ${title}`,
      ...(message === undefined ? [] : [`${" ".repeat(8)}${outcome === "unjudged" ? "not judged: " : ""}${message}`]),
    ]);
  const isAsked = (group) => checks.some(({ id, outcome }) => (id === group || id.startsWith(`${group}.`)) && outcome !== "not-asked");
  const absent = Object.keys(ASKS).filter((group) => !isAsked(group)).map((group) => ASKS[group]);
  if (absent.length > 0) lines.push(`not requested: ${absent.join(", ")}`);
  const rest = [counts.advice && `${counts.advice} to look at`, counts.unjudged && `${counts.unjudged} not judged`].filter(Boolean);
  lines.push(`${counts.passed} passed, ${counts.failed} failed${rest.length > 0 ? `, ${rest.join(", ")}` : ""}; ${requests} requests`);
  return `${lines.join("\n")}\n`;
}

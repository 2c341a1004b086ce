/** The checks of the document: its content, tag and version, and the answers to other users and to nobody. */

import { Advice, check, describe, need } from "./check.mjs";
import { isStrongTag, list, mediaType, problemOf, versionField } from "./fields.mjs";

const requireDocument = (answers) => need(answers.document.status === 200 && answers.read?.snapshot, "the document could not be read");
const requireTag = (answers) => {
  need(answers.document.status === 200, "there is no document");
  need(isStrongTag(answers.document.headers.etag), "the document has no strong `ETag`");
};
const requireVersion = (answers) => {
  requireDocument(answers);
  need(answers.field, "`Permissions-Version` could not be read");
};

/** The largest version that the header can carry (RFC 9651 §3.3.1). */
const MAX_VERSION = 999_999_999_999_999;

export const DOCUMENT = [
  check("document.status", "the document is answered with 200", ({ document }) =>
    document.status === 200 ? undefined : `${describe("it", document)}; answer 200 to the signed-in user`,
  ),
  check("document.type", "the document is sent as JSON", ({ document }) => {
    need(document.status === 200, "there is no document");
    const type = mediaType(document.headers);
    return type === "application/json" ? undefined : `its \`Content-Type\` is \`${type}\`; send \`application/json\``;
  }),
  check("document.content", "the module reads the document", ({ document, read }) => {
    need(document.status === 200, "there is no document");
    return read.error;
  }),
  check("document.subject", "the document names its subject", (answers) => {
    requireDocument(answers);
    return answers.read.snapshot.subject ? undefined : "`subject` is missing; without it a page cannot tell one user from another";
  }),
  check("document.version", "the document has a version", (answers) => {
    requireDocument(answers);
    const { version } = answers.read.snapshot;
    if (version === null) return "`version` is missing; increase it with every change of this user's permissions";
    return version <= MAX_VERSION ? undefined : `\`version\` is ${version}, which a structured field cannot carry; stay below 10^15`;
  }),
  check("document.store", "caches may not keep the document", ({ document }) => {
    need(document.status === 200, "there is no document");
    const value = document.headers["cache-control"];
    return list(value).includes("no-store") ? undefined : `its \`Cache-Control\` is \`${value ?? ""}\`; send \`no-store\``;
  }),
  check("document.vary", "the document varies by the credentials", ({ document, header }) => {
    need(document.status === 200, "there is no document");
    const names = list(document.headers.vary);
    return names.includes("*") || names.includes(header.toLowerCase()) ? undefined : `its \`Vary\` is \`${document.headers.vary ?? ""}\`; send \`Vary: Authorization, Cookie\``;
  }),
  check("tag.strong", "the document has a strong entity tag", ({ document }) => {
    need(document.status === 200, "there is no document");
    const { etag } = document.headers;
    if (isStrongTag(etag)) return undefined;
    if (etag === undefined) return "`ETag` is missing; send a hash of content and subject in double quotes";
    return `\`ETag\` is \`${etag}\`; send a strong one in double quotes (a proxy that compresses makes it weak: exclude this address from compression)`;
  }),
  check("tag.stable", "the same document has the same tag", (answers) => {
    requireTag(answers);
    if (answers.again.status !== 200) return `${describe("the second request", answers.again)}; answer 200 again`;
    need(answers.again.text === answers.document.text, "the document changed meanwhile");
    return answers.again.headers.etag === answers.document.headers.etag ? undefined : "two answers with the same content had two tags; make the tag from content and subject alone";
  }),
  check("tag.unchanged", "`If-None-Match` with the tag is answered with 304 and no body", (answers) => {
    requireTag(answers);
    if (answers.conditional.status !== 304) return `${describe("it", answers.conditional)}; compare the tag, and answer 304`;
    return answers.conditional.text === "" ? undefined : "the 304 has a body; send none";
  }),
  check("tag.repeated", "a 304 carries the tag", (answers) => {
    requireTag(answers);
    need(answers.conditional.status === 304, "there is no 304");
    const { etag } = answers.conditional.headers;
    return etag === answers.document.headers.etag ? undefined : `its \`ETag\` is \`${etag ?? ""}\`; send the tag of the document (RFC 9110 §15.4.5)`;
  }),
  check("tag.compared", "`If-None-Match` with another tag is answered with the document", (answers) => {
    requireTag(answers);
    return answers.other.status === 200 ? undefined : `${describe("it", answers.other)}, so that a page would keep an old document; compare the tag`;
  }),
  check("tag.subject", "another user has another tag", (answers) => {
    requireTag(answers);
    need(answers.other.status === 200, "any tag is answered with 304");
    const { another } = answers;
    if (another.status === 304) return "another user's request with this user's tag was answered with 304, so that the page would show this user's permissions to another user; make the tag from content and subject";
    if (another.status !== 200) return `${describe("the request of another user", another)}; are the credentials valid?`;
    return another.headers.etag === answers.document.headers.etag ? "both users have the same tag; if they are different users, make the tag from content and subject" : undefined;
  }, ({ other }) => other !== undefined),
  check("version.header", "the document's answer has `Permissions-Version`", (answers) => {
    need(answers.document.status === 200, "there is no document");
    const value = answers.document.headers["permissions-version"];
    if (value === undefined) return '`Permissions-Version` is missing; send for example `42;sub="u-17"`';
    return answers.field ? undefined : `\`Permissions-Version\` is \`${value}\`; send an integer with the subject in double quotes, such as \`42;sub="u-17"\``;
  }),
  check("version.subject", "`Permissions-Version` names the subject of the document", (answers) => {
    requireVersion(answers);
    const { subject } = answers.read.snapshot;
    need(subject, "the document names no subject");
    // A subject that the field cannot hold is left out (RFC 9651 §3.3.3).
    if (!/^[\x20-\x7e]*$/.test(subject) && answers.field.subject === undefined) return undefined;
    return answers.field.subject === subject ? undefined : `\`sub\` is \`${answers.field.subject ?? ""}\`, and the document's subject is \`${subject}\`; send the same`;
  }),
  check("version.equal", "`Permissions-Version` is the version of the document", (answers) => {
    requireVersion(answers);
    const { version } = answers.read.snapshot;
    need(version !== null, "the document has no version");
    return answers.field.version === version ? undefined : `the header has version ${answers.field.version}, but the document has version ${version}; read both in one transaction`;
  }),
  check("version.unchanged", "a 304 carries `Permissions-Version`", (answers) => {
    need(answers.conditional.status === 304, "there is no 304");
    need(answers.field, "`Permissions-Version` of the document could not be read");
    const value = answers.conditional.headers["permissions-version"];
    return versionField(value)?.version === answers.field.version ? undefined : `it is \`${value ?? ""}\`; send the version with a 304, too`;
  }),
];

export const REFUSALS = [
  check("anonymous.status", "a request without credentials is answered with 401", ({ anonymous }) =>
    anonymous.status === 401 ? undefined : `${describe("it", anonymous)}; answer 401 to requests without credentials, never a redirect or an empty document`,
  ),
  check("anonymous.problem", "a 401 is a problem document", ({ anonymous }) => {
    need(anonymous.status === 401, "there is no 401");
    const problem = problemOf(anonymous);
    if (!problem) return `its \`Content-Type\` is \`${mediaType(anonymous.headers)}\`; send \`application/problem+json\` with \`title\` and \`status\``;
    return problem.status === 401 && typeof problem.title === "string" ? undefined : "its `title` is missing, or its `status` is not 401; send both";
  }),
  check("anonymous.challenge", "a 401 has a challenge", ({ anonymous }) => {
    need(anonymous.status === 401, "there is no 401");
    return anonymous.headers["www-authenticate"] ? undefined : new Advice("`WWW-Authenticate` is missing (RFC 9110 §15.5.2); send for example `Bearer`");
  }),
  check("refused.status", "credentials that are not valid are answered with 401", ({ refused }) =>
    refused.status === 401 ? undefined : `${describe("they", refused, "were")}; answer 401, so that the page asks for new credentials`,
  ),
];

export const ROUTES = [
  check("api.version", "every answer of the API has `Permissions-Version`", ({ apis, read }) => {
    for (const { url, answer } of apis) {
      if (answer.status === 0 || answer.status === 401) return `${describe(`\`${url.pathname}\``, answer)}; name a route that the user may GET`;
      const field = versionField(answer.headers["permissions-version"]);
      if (!field) return `\`${url.pathname}\` has no \`Permissions-Version\` that can be read; send it from the layer that knows the user`;
      const subject = read?.snapshot?.subject;
      if (subject && field.subject !== undefined && field.subject !== subject) return `\`${url.pathname}\` has the version of \`${field.subject}\`, not of \`${subject}\`; send the version of the signed-in user`;
    }
    return undefined;
  }, ({ apis }) => apis.length > 0),
  check("forbidden.status", "a forbidden request is answered with 403", ({ forbidden }) => {
    const wrong = forbidden.find(({ answer }) => answer.status !== 403);
    return wrong && `${describe(`\`${wrong.url.pathname}\``, wrong.answer)}; answer 403, or name another route in \`--forbidden\``;
  }, ({ forbidden }) => forbidden.length > 0),
  check("forbidden.problem", "a 403 says which permission is missing, and by which version", ({ forbidden }) => {
    for (const { url, answer } of forbidden) {
      need(answer.status === 403, "there is no 403");
      const problem = problemOf(answer);
      if (!problem) return `\`${url.pathname}\` has the type \`${mediaType(answer.headers)}\`; send \`application/problem+json\``;
      if (typeof problem.required !== "string" || !Number.isInteger(problem.permissions_version)) return `\`${url.pathname}\` lacks \`required\` (a string) or \`permissions_version\` (a whole number)`;
    }
    return undefined;
  }, ({ forbidden }) => forbidden.length > 0),
];

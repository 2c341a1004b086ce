/** The checks of CORS: a page of the allowed origin may send requests and read the answers, and no other page may. */

import { check, describe, need } from "./check.mjs";
import { list } from "./fields.mjs";

const hasOrigin = ({ origin }) => origin !== undefined;
const allowedOrigin = ({ headers }) => headers["access-control-allow-origin"];
const requirePreflight = ({ preflight }) => need(preflight.status >= 200 && preflight.status < 300, "the preflight is refused");

export const CORS = [
  check("cors.preflight", "a preflight is answered without credentials", ({ preflight }) =>
    preflight.status >= 200 && preflight.status < 300 ? undefined : `${describe("`OPTIONS`", preflight)}; answer it before the layer that requires credentials`, hasOrigin),
  check("cors.preflight-origin", "a preflight allows the page's origin by name", (answers, { origin }) => {
    requirePreflight(answers);
    return allowedOrigin(answers.preflight) === origin ? undefined : `\`Access-Control-Allow-Origin\` is \`${allowedOrigin(answers.preflight) ?? ""}\`; send \`${origin}\``;
  }, hasOrigin),
  check("cors.preflight-headers", "a preflight allows `Authorization`, `If-None-Match` and the page's own headers", (answers, { headers }) => {
    requirePreflight(answers);
    const names = list(answers.preflight.headers["access-control-allow-headers"]);
    const missing = ["authorization", "if-none-match", ...Object.keys(headers).map((name) => name.toLowerCase())].filter((name) => !names.includes(name));
    return missing.length === 0 ? undefined : `\`Access-Control-Allow-Headers\` lacks \`${missing.join("`, `")}\`; name each header (\`*\` does not cover them with credentials)`;
  }, hasOrigin),
  check("cors.origin", "the document allows the page's origin by name", ({ document, cross }, { origin }) => {
    need(document.status === 200, "there is no document");
    if (cross.status !== 200) return `${describe("the request with `Origin`", cross)}; answer as without \`Origin\``;
    return allowedOrigin(cross) === origin ? undefined : `\`Access-Control-Allow-Origin\` is \`${allowedOrigin(cross) ?? ""}\`; send \`${origin}\``;
  }, hasOrigin),
  check("cors.credentials", "a page may send credentials", (answers) => {
    requirePreflight(answers);
    need(answers.cross.status === 200, describe("the document", answers.cross));
    const wrong = [["the preflight", answers.preflight], ["the document", answers.cross]].find(([, { headers }]) => headers["access-control-allow-credentials"] !== "true");
    return wrong && `${wrong[0]} lacks \`Access-Control-Allow-Credentials: true\`; send it`;
  }, hasOrigin),
  check("cors.exposed", "a page may read `ETag` and `Permissions-Version`", ({ cross }) => {
    need(cross.status === 200, describe("the document", cross));
    const names = list(cross.headers["access-control-expose-headers"]);
    const missing = ["etag", "permissions-version"].filter((name) => !names.includes(name));
    return missing.length === 0 ? undefined : `\`Access-Control-Expose-Headers\` lacks \`${missing.join("`, `")}\`; add them`;
  }, hasOrigin),
  check("cors.vary", "the answer varies by the origin", ({ cross }) => {
    need(cross.status === 200, describe("the document", cross));
    const names = list(cross.headers.vary);
    return names.includes("origin") || names.includes("*") ? undefined : `\`Vary\` is \`${cross.headers.vary ?? ""}\`; add \`Origin\`, since the answer depends on it`;
  }, hasOrigin),
  check("cors.refusals", "a page may read a 401", ({ anonymous, crossAnonymous }, { origin }) => {
    need(anonymous.status === 401, "there is no 401");
    if (crossAnonymous.status !== 401) return `${describe("the request with `Origin` and without credentials", crossAnonymous)}; answer as without \`Origin\``;
    return allowedOrigin(crossAnonymous) === origin ? undefined : "the 401 has no `Access-Control-Allow-Origin`, so a page sees a network error; add the headers in a layer outside the one that refuses";
  }, hasOrigin),
  check("cors.foreign", "no other origin is allowed", ({ foreign, foreignOrigin }) => {
    // A server that always names its one page is correct too: browsers compare.
    return [foreignOrigin, "*", "null"].includes(allowedOrigin(foreign)) ? `\`${foreignOrigin}\` was answered with \`Access-Control-Allow-Origin: ${allowedOrigin(foreign)}\`; compare the origin with a list` : undefined;
  }, hasOrigin),
];

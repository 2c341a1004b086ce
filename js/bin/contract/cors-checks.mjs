/** The checks of CORS: a page of the allowed origin may send requests and read the answers, and no other page may. */

import { check, need, told } from "./check.mjs";
import { list } from "./fields.mjs";

const asked = ({ origin }) => origin !== undefined;
const allowed = ({ headers }) => headers["access-control-allow-origin"];
const passed = ({ preflight }) => need(preflight.status >= 200 && preflight.status < 300, "the preflight is refused");

export const CORS = [
  check("cors.preflight", "a preflight is answered without credentials", ({ preflight }) =>
    preflight.status >= 200 && preflight.status < 300 ? undefined : `\`OPTIONS\` was answered with ${told(preflight)}; answer it before anything asks for credentials`, asked),
  check("cors.preflight-origin", "a preflight allows the page's origin by name", (seen, { origin }) => {
    passed(seen);
    return allowed(seen.preflight) === origin ? undefined : `\`Access-Control-Allow-Origin\` is \`${allowed(seen.preflight) ?? ""}\`; send \`${origin}\``;
  }, asked),
  check("cors.preflight-headers", "a preflight allows `Authorization`, `If-None-Match` and the page's own headers", (seen, { headers }) => {
    passed(seen);
    const names = list(seen.preflight.headers["access-control-allow-headers"]);
    const missing = ["authorization", "if-none-match", ...Object.keys(headers).map((name) => name.toLowerCase())].filter((name) => !names.includes(name));
    return missing.length === 0 ? undefined : `\`Access-Control-Allow-Headers\` lacks \`${missing.join("`, `")}\` (\`*\` does not cover them with credentials)`;
  }, asked),
  check("cors.origin", "the document allows the page's origin by name", ({ document, cross }, { origin }) => {
    need(document.status === 200, "there is no document");
    if (cross.status !== 200) return `with \`Origin\`, the document was answered with ${told(cross)}; answer as without \`Origin\``;
    return allowed(cross) === origin ? undefined : `\`Access-Control-Allow-Origin\` is \`${allowed(cross) ?? ""}\`; send \`${origin}\``;
  }, asked),
  check("cors.credentials", "credentials may be sent", (seen) => {
    passed(seen);
    need(seen.cross.status === 200, `the document was answered with ${told(seen.cross)}`);
    const wrong = [["the preflight", seen.preflight], ["the document", seen.cross]].find(([, { headers }]) => headers["access-control-allow-credentials"] !== "true");
    return wrong && `${wrong[0]} lacks \`Access-Control-Allow-Credentials: true\``;
  }, asked),
  check("cors.exposed", "a page may read `ETag` and `Permissions-Version`", ({ cross }) => {
    need(cross.status === 200, `the document was answered with ${told(cross)}`);
    const names = list(cross.headers["access-control-expose-headers"]);
    const missing = ["etag", "permissions-version"].filter((name) => !names.includes(name));
    return missing.length === 0 ? undefined : `\`Access-Control-Expose-Headers\` lacks \`${missing.join("`, `")}\``;
  }, asked),
  check("cors.vary", "the answer varies by the origin", ({ cross }) => {
    need(cross.status === 200, `the document was answered with ${told(cross)}`);
    const names = list(cross.headers.vary);
    return names.includes("origin") || names.includes("*") ? undefined : `\`Vary\` is \`${cross.headers.vary ?? ""}\`; add \`Origin\`, since the answer depends on it`;
  }, asked),
  check("cors.refusals", "a page may read a 401", ({ anonymous, crossAnonymous }, { origin }) => {
    need(anonymous.status === 401, "there is no 401");
    if (crossAnonymous.status !== 401) return `with \`Origin\`, the request without credentials was answered with ${told(crossAnonymous)}; answer as without \`Origin\``;
    return allowed(crossAnonymous) === origin ? undefined : "the 401 has no `Access-Control-Allow-Origin`, so a page sees a network error; add the headers in a layer outside the one that refuses";
  }, asked),
  check("cors.foreign", "no other origin is allowed", ({ foreign, foreignOrigin }) => {
    // A server that always names its one page is correct too: browsers compare.
    return [foreignOrigin, "*", "null"].includes(allowed(foreign)) ? `\`${foreignOrigin}\` was answered with \`Access-Control-Allow-Origin: ${allowed(foreign)}\`; compare the origin with a list` : undefined;
  }, asked),
];

/** Reads docs/contract/, and compares the answers of a server with the OpenAPI description there. */

import { readFile, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import Ajv from "ajv/dist/2020.js";
import { HERE } from "../support/permgate-folder.mjs";

/** The folder with the description, the schemas and the back end without a library. */
export const CONTRACT = resolve(HERE, "../docs/contract");

/** The description's own file. */
export const DESCRIPTION = join(CONTRACT, "openapi.json");

/** Headers with a meaning in the contract: a response that carries one must describe it. */
const MEANT = ["etag", "retry-after", "www-authenticate", "x-accel-buffering"];

/** Every schema, by the name of its file, and a function that validates a value by file and pointer. */
export async function readSchemas() {
  const files = (await readdir(CONTRACT)).filter((name) => name.endsWith(".schema.json")).sort();
  const schemas = new Map();
  for (const file of files) schemas.set(file, JSON.parse(await readFile(join(CONTRACT, file), "utf8")));
  const ajv = new Ajv({ allErrors: true, strictTypes: false, strictRequired: false });
  for (const [file, schema] of schemas) ajv.addSchema(schema, file);
  /** The faults of a value; empty if it is valid. */
  const validate = (reference, value) => {
    const check = ajv.getSchema(reference) ?? ajv.compile({ $ref: reference });
    return check(value) ? [] : check.errors.map(({ instancePath, message }) => `${instancePath || "the value"} ${message}`);
  };
  return { schemas, validate, ajv };
}

/** The description, as `{ operations, check }`. */
export async function readDescription() {
  const text = await readFile(DESCRIPTION, "utf8");
  const description = JSON.parse(text);
  const { ajv } = await readSchemas();
  const schemaOf = (schema) => {
    // References within the description, and to the files beside it.
    const written = JSON.stringify(schema).replaceAll('"#/', '"openapi.json#/');
    return ajv.compile(JSON.parse(written));
  };
  ajv.addSchema({ ...description, $schema: undefined }, "openapi.json", false, false);

  const inlined = (node) => {
    if (!node?.$ref?.startsWith("#/")) return node;
    return node.$ref.slice(2).split("/").reduce((at, key) => at[key], description);
  };
  const operations = Object.entries(description.paths).flatMap(([path, item]) =>
    ["get", "post", "put", "delete", "options"]
      .filter((method) => method in item)
      .map((method) => ({ path, method: method.toUpperCase(), operation: item[method] })),
  );

  /**
   * The differences between an exchange `{ status, headers, body }` and the response that an operation
   * describes; empty if there are none. `headers` is a `Headers`, `body` the text.
   */
  function check({ operation }, { status, headers, body }) {
    const response = inlined(operation.responses[status] ?? (status >= 400 ? operation.responses.default : undefined));
    if (!response) return [`the status ${status} is not described`];
    const wrong = [];
    const described = Object.fromEntries(Object.entries(response.headers ?? {}).map(([name, header]) => [name.toLowerCase(), inlined(header)]));
    for (const [name, header] of Object.entries(described)) {
      const value = headers.get(name);
      if (value === null && header.required) wrong.push(`the header \`${name}\` is missing`);
      if (value !== null && !schemaOf(header.schema)(value)) wrong.push(`the header \`${name}\` is \`${value}\``);
    }
    for (const name of MEANT) {
      if (headers.has(name) && !(name in described)) wrong.push(`the header \`${name}\` is not described`);
    }
    const type = (headers.get("content-type") ?? "").split(";")[0].trim();
    const content = response.content ?? {};
    const types = Object.keys(content);
    if (types.length === 0) {
      if (body !== "") wrong.push(`there is a body: ${body.slice(0, 80)}`);
    } else if (!types.includes(type)) {
      wrong.push(`the content type is \`${type}\`, not ${types.join(" or ")}`);
    } else if (type.endsWith("json")) {
      const validate = schemaOf(content[type].schema);
      if (!validate(JSON.parse(body))) wrong.push(...validate.errors.map(({ instancePath, message }) => `the body: ${instancePath} ${message}`));
    }
    return wrong;
  }

  return { description, operations, check };
}

/** Answers with the server's decisions for the request's user. */

import { rightsOf } from "../rights.js";

export default defineEventHandler((event) => rightsOf(getHeader(event, "cookie") ?? ""));

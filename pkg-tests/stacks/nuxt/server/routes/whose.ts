/** Answers with the subject of the request's user. */

import { whoseAre } from "../rights.js";

export default defineEventHandler(async (event) => ({ whose: await whoseAre(getHeader(event, "cookie") ?? "") }));

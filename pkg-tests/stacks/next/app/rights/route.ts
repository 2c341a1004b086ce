/** Answers with the server's decisions for the request's user. */

import { rightsOf } from "../rights";

export async function GET(request: Request) {
  return Response.json(await rightsOf(request.headers.get("cookie") ?? ""));
}

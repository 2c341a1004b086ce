/** The two routes of the contract, which the bridges find by the path of a request. */

/** A route of the contract. */
export type Route = "document" | "events";

/** The path of the document, unless the application chooses another one. */
export const PATH = "/api/me/permissions";

/** The route that a request asks for, by its path and by the path of the document; undefined for any other path. */
export function routeOf(asked: string | undefined, path: string): Route | undefined {
  if (asked === path) return "document";
  return asked === `${path}/events` ? "events" : undefined;
}

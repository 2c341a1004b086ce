/** The resource that a request is about: a template with the parameters of the route, or a function. */

/** The resource of a request. In a template, `{id}` stands for the route's parameter `id`, as one segment. */
export type ResourceOf<Context> = string | ((context: Context) => string | null | undefined);

/** Characters in a parameter that would make a path other than the one that the handler uses. */
const NO_SEGMENT = /^$|^\.{1,2}$|[/\\*\p{Cc}]/u;

/** The parameters of a route, decoded once. */
export type Parameters = Readonly<Record<string, unknown>>;

/** The resource; null when the request names none: then nothing is granted. */
export function resourceOf<Context>(source: ResourceOf<Context>, context: Context, parameters: Parameters): string | null {
  if (typeof source === "function") {
    const given = source(context);
    return typeof given === "string" && given !== "" ? given : null;
  }
  let isWhole = true;
  const resource = source.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (typeof value === "string" && !NO_SEGMENT.test(value)) return value;
    isWhole = false;
    return "";
  });
  return isWhole ? resource : null;
}

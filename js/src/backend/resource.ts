/** The resource that a request is about: a template with the parameters of the route, or a function. */

/** Where the resource is found. In a template, `{id}` stands for the parameter `id` of the route, as one segment. */
export type ResourceOf<Context> = string | ((context: Context) => string | null | undefined);

/** What in a parameter would make it another path than the one that the handler looks at. */
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

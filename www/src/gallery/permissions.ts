/** The gallery's instance of permgate, and its endpoint: a few lines in the page itself. */
import { createPermissions, type Permissions } from "permgate";
import { blur } from "./examples/blur.ts";
import { rights } from "./rights.ts";

/** The address of the endpoint, which only this page answers. */
const ENDPOINT = "/gallery/permissions";

const native = window.fetch;

window.fetch = async (input, init) => {
  const request = new Request(input, init);
  if (new URL(request.url).pathname !== ENDPOINT) return native.call(window, input, init);
  await arrival(request.signal);
  if (rights.standing === "signed-out") return new Response(null, { status: 401 });
  return Response.json(rights.document(), { headers: { "Cache-Control": "no-store" } });
};

/** Waits until the set may arrive. */
function arrival(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (rights.standing === "unknown") return;
      stop();
      resolve();
    };
    const stop = rights.onChange(look);
    signal.addEventListener("abort", () => {
      stop();
      reject(signal.reason as Error);
    });
    look();
  });
}

/** The number in the token, which each sign-in raises: another token is another visitor without a known set. */
let visits = 1;
const token = (): string => `visit-${visits}`;

/** Creates the instance. */
export async function openPermissions(): Promise<Permissions> {
  const permissions = await createPermissions({
    endpoint: ENDPOINT,
    token: rights.standing === "signed-out" ? null : token(),
    modes: { blur },
    // Separate from the demo in other tabs.
    tabs: false,
    // For as long as the visitor looks at the unknown state.
    timeoutMs: 60 * 60 * 1_000,
    ttlMs: 60 * 60 * 1_000,
  });
  let was = rights.standing;
  rights.onChange(() => {
    const { standing } = rights;
    if (standing === was) {
      if (standing === "loaded") void permissions.refresh();
      return;
    }
    const isNewVisit = standing === "unknown" || was === "signed-out";
    was = standing;
    if (standing === "signed-out") permissions.signOut();
    else if (isNewVisit) {
      visits += 1;
      // Such a token names no user: without this, the visitor would be presumed to be the same.
      permissions.signOut();
      permissions.setToken(token());
    }
  });
  return permissions;
}

/** How changes reach this page: by its own stream, by that of another tab, or not at all. */
import type { Activity, Permissions } from "permgate";
import { onInstance, permissions } from "../permissions.ts";

const NAMES: Record<string, string> = { events: "Events", socket: "Socket", poll: "Long poll" };

let transport: string | undefined;
let leads = false;

onInstance((instance: Permissions) => {
  transport = undefined;
  leads = false;
  instance.on("activity", (activity: Activity) => {
    if (activity.kind === "leader") leads = activity.what === "gained";
    if (activity.kind !== "stream") return;
    const { what, transport: way } = activity;
    // A long poll counts as a stream from its request on, without a pause between two.
    if (what === "open" || (way === "poll" && what === "opening")) transport = way;
    else if (way !== "poll" || what === "silent") transport = undefined;
  });
});

/** The state in a few words. */
export function streamNow(): string {
  if (permissions.snapshot().source === null) return "–";
  if (transport !== undefined) return `${NAMES[transport] ?? transport}${leads ? ", for all tabs" : ""}`;
  return leads ? "none" : "another tab’s, if any";
}

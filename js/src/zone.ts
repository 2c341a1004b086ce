/** Keeps timers and requests of permgate out of the zones of zone.js: an Angular application is stable when its zone waits for nothing. */

interface Zone {
  readonly root: Zone;
  readonly current: Zone;
  run<Given, Args extends unknown[]>(call: (...args: Args) => Given, self: undefined, args: Args): Given;
  wrap<Call extends (...given: never[]) => unknown>(call: Call, source: string): Call;
}

const zones = (): Zone | undefined => (globalThis as { Zone?: Zone }).Zone;

/** Calls a function outside all zones; so are the tasks that it begins. */
export function outside<Given, Args extends unknown[]>(call: (...args: Args) => Given, ...args: Args): Given {
  const zone = zones();
  return zone ? zone.root.run(call, undefined, args) : call(...args);
}

/** A function of the application, to be called in the zone in which it was passed. */
export function inOwnZone<Call extends (...given: never[]) => unknown>(call: Call): Call {
  const zone = zones();
  return zone ? zone.current.wrap(call, "permgate") : call;
}

/** Compares `src/glue.d.ts`, which is written by hand, with the declarations that wasm-bindgen generates. */
/// <reference path="../src/glue.d.ts" />

import type * as declared from "#glue";
import type * as generated from "../../target/wasm-bindgen/permgate.js";

/** True where nothing is left over. */
type IsNone<Left> = [Left] extends [never] ? true : Left;

/** What wasm-bindgen adds to every class. */
type Managed = "free" | symbol;

// Every method that is declared is generated, with arguments that it takes and the same answers …
type Answers<Method> = Method extends (...given: never[]) => infer Answer ? Answer : never;
type Given<Method> = Method extends (...given: infer List) => unknown ? List : never;
/** A node of either side's DOM is one, and what the page lends is anything to Rust. */
type Taken<Ours, Theirs> = Given<Ours> extends Given<Theirs> ? never : { ours: Given<Ours>; theirs: Given<Theirs> };
type Names = keyof declared.Engine;
type Wrong = {
  [Name in Names]: Name extends keyof generated.Engine
    ? Taken<declared.Engine[Name], generated.Engine[Name]>
    : `${Name} is not generated`;
}[Names];
type Unlike = {
  [Name in Exclude<Names, "bind">]: Name extends keyof generated.Engine
    ? Answers<generated.Engine[Name]> extends Answers<declared.Engine[Name]>
      ? never
      : Name
    : Name;
}[Exclude<Names, "bind">];

// … and every method that is generated is declared.
type Forgotten = Exclude<keyof generated.Engine, Names | Managed>;
type Functions = Exclude<keyof typeof generated, keyof typeof declared | "Binding" | "Engine">;

export const checks: [IsNone<Wrong>, IsNone<Unlike>, IsNone<Forgotten>, IsNone<Functions>] = [true, true, true, true];

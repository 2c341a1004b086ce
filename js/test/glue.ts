/** Compares `src/glue.d.ts`, which is written by hand, with the declarations that wasm-bindgen generates. */
/// <reference path="../src/glue.d.ts" />

import type * as declared from "#glue";
import type * as generated from "../../target/wasm-bindgen/permgate.js";

/** True if no name is left over. */
type IsNone<Left> = [Left] extends [never] ? true : Left;

/** The members that wasm-bindgen adds to every class. */
type Managed = "free" | symbol;

// Every declared method is generated, accepts the declared arguments and returns the declared type …
type Answers<Method> = Method extends (...given: never[]) => infer Answer ? Answer : never;
type Given<Method> = Method extends (...given: infer List) => unknown ? List : never;
/** The types of the arguments. Both sides have `Node`; `PageHands` is `any` to Rust. */
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

// … and every generated method is declared.
type Forgotten = Exclude<keyof generated.Engine, Names | Managed>;
// The build writes the functions that start the module (`glue-slim.mjs`).
type Functions = Exclude<keyof typeof generated, keyof typeof declared | "Binding" | "Engine" | "default">;

export const checks: [IsNone<Wrong>, IsNone<Unlike>, IsNone<Forgotten>, IsNone<Functions>] = [true, true, true, true];

/** Types that check the names in a requirement when it is written down. */

import type { RegisteredName } from "./register.js";

declare const checked: unique symbol;

/** A requirement whose names were checked by `requirement()` of an adapter: for attributes and route meta. */
export type CheckedRequirement = string & { readonly [checked]: true };

/** Accepts a requirement all of whose names are among `Name`; anything where `Name` is `string`. */
export type RequirementOf<Text extends string, Name extends string> = string extends Name
  ? Text
  : Text extends CheckedRequirement
    ? Text
    : IsMet<Text, Name> extends true
      ? Text
      : "a requirement of registered names; a variable goes through requirement()";

/**
 * A requirement where a type cannot be inferred, such as in route meta: a registered name, a single
 * role, group or scope, or what `requirement("a & b")` gives; any string where no names are registered.
 */
export type WrittenRequirement = string extends RegisteredName
  ? string
  : Unquoted<RegisteredName> | `role(${string})` | `group(${string})` | `scope(${string})` | CheckedRequirement;

// A name with one of these signs is written in quotation marks.
type Unquoted<Name extends string> = Name extends `${string}${" " | "&" | "|" | "(" | ")" | "!"}${string}` ? `"${Name}"` : Name;

// Cut at the loosest operator first; what is left is trimmed down to a name.
type IsMet<Text extends string, Name extends string> = Text extends Name
  ? // Such a name must be quoted.
    Text extends `${string}${" " | "&" | "|" | "(" | ")" | "!"}${string}`
    ? false
    : true
  : Text extends `"${infer Quoted}"`
    ? Quoted extends Name
      ? true
      : IsCut<Text, Name>
    : IsCut<Text, Name>;

type IsCut<Text extends string, Name extends string> = Text extends `${infer Left}|${infer Right}`
  ? Both<Left, Right, Name>
  : Text extends `${infer Left}&${infer Right}`
    ? Both<Left, Right, Name>
    : Text extends ` ${infer Rest}` | `!${infer Rest}` | `(${infer Rest}` | `${infer Rest} `
      ? IsMet<Rest, Name>
      : Text extends `role(${string})` | `group(${string})` | `scope(${string})`
        ? true
        : Text extends `${infer Rest})`
          ? IsMet<Rest, Name>
          : Text extends `${infer Start}*`
            ? // A question about all names that begin like this.
              [Extract<Name, `${Start}${string}`>] extends [never]
              ? false
              : true
            : // The empty text between the two signs of `&&` and `||`.
              Text extends ""
              ? true
              : false;

type Both<Left extends string, Right extends string, Name extends string> =
  IsMet<Left, Name> extends true ? IsMet<Right, Name> : false;

/** A list of requirements, each of which names only what is among `Name`. */
export type RequirementsOf<List extends readonly string[], Name extends string> = {
  readonly [Index in keyof List]: RequirementOf<List[Index], Name>;
};

/** A name that a test or a story grants: one of `Name`, or a wildcard. A list of them says nothing about which names there are. */
export type GrantedName<Name extends string> = [Name][Name extends string ? 0 : never] | `${string}*`;

/** A question that is answered ahead: a requirement, or a requirement and a resource. */
export type Question<Text extends string = string> = Text | readonly [requirement: Text, resource: string];

/** A list of questions, each of which names only what is among `Name`. */
export type QuestionsOf<List extends readonly Question[], Name extends string> = {
  readonly [Index in keyof List]: List[Index] extends readonly [infer Text extends string, string]
    ? readonly [requirement: RequirementOf<Text, Name>, resource: string]
    : List[Index] extends string
      ? RequirementOf<List[Index], Name>
      : List[Index];
};

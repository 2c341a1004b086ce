/** Types that check the names in a requirement when it is written down. */

import type { RegisteredName } from "./register.js";

declare const checked: unique symbol;

/** A requirement whose names were checked by `requirement()` of an adapter: for attributes and route meta. */
export type CheckedRequirement = string & { readonly [checked]: true };

/** Accepts a requirement whose names are all in `Name`, or any text if `Name` is `string`. Otherwise it is a text that says what to do. */
export type RequirementOf<Text extends string, Name extends string> = string extends Name
  ? Text
  : Text extends CheckedRequirement
    ? Text
    : string extends Text
      ? "a registered name: give the variable the type RegisteredName of permgate, or write `as const` after its value"
      : [Wrong<Text, Name>] extends [never]
        ? Text
        : `a requirement of registered names: \`${Wrong<Text, Name>}\` is misspelt, or missing in Register`;

/**
 * A requirement where TypeScript cannot infer its type, such as in route meta: a registered name, a single role, group
 * or scope, or the result of `requirement("a & b")`; any string if no names are registered.
 */
export type WrittenRequirement = string extends RegisteredName
  ? string
  : Unquoted<RegisteredName> | `role(${string})` | `group(${string})` | `scope(${string})` | CheckedRequirement;

/** The same for an attribute, in which requirements with operators are accepted, too: their names are not checked. */
export type TaggedRequirement = WrittenRequirement | `${string}${"&" | "|" | "!" | "(" | "*"}${string}`;

// A name with one of these characters is written in quotation marks.
type Unquoted<Name extends string> = Name extends `${string}${" " | "&" | "|" | "(" | ")" | "!"}${string}` ? `"${Name}"` : Name;

// The parts that are no names; never if all are. The text is split at the operator of lowest precedence first; the parts are trimmed down to names.
type Wrong<Text extends string, Name extends string> = Text extends Name
  ? // A name with such a character must be quoted.
    Text extends `${string}${" " | "&" | "|" | "(" | ")" | "!"}${string}`
    ? Text
    : never
  : Text extends `"${infer Quoted}"`
    ? Quoted extends Name
      ? never
      : WrongPart<Text, Name>
    : WrongPart<Text, Name>;

type WrongPart<Text extends string, Name extends string> = Text extends `${infer Left}|${infer Right}`
  ? Wrong<Left, Name> | Wrong<Right, Name>
  : Text extends `${infer Left}&${infer Right}`
    ? Wrong<Left, Name> | Wrong<Right, Name>
    : Text extends ` ${infer Rest}` | `!${infer Rest}` | `(${infer Rest}` | `${infer Rest} `
      ? Wrong<Rest, Name>
      : Text extends `role(${string})` | `group(${string})` | `scope(${string})`
        ? never
        : Text extends `${infer Rest})`
          ? Wrong<Rest, Name>
          : Text extends `${infer Start}*`
            ? // A question about all names with this beginning.
              [Extract<Name, `${Start}${string}`>] extends [never]
              ? Text
              : never
            : // The empty text between the two characters of `&&` and `||`.
              Text extends ""
              ? never
              : Text;

/** A list of requirements, each of which uses only names in `Name`. */
export type RequirementsOf<List extends readonly string[], Name extends string> = {
  readonly [Index in keyof List]: RequirementOf<List[Index], Name>;
};

/** A name that a test or a story grants: one of `Name`, or a wildcard. It is not a place from which `Name` is inferred. */
export type GrantedName<Name extends string> = [Name][Name extends string ? 0 : never] | `${string}*`;

/** A question that is answered in advance: a requirement, or a requirement and a resource. */
export type Question<Text extends string = string> = Text | readonly [requirement: Text, resource: string];

/** A list of questions, each of which uses only names in `Name`. */
export type QuestionsOf<List extends readonly Question[], Name extends string> = {
  readonly [Index in keyof List]: List[Index] extends readonly [infer Text extends string, string]
    ? readonly [requirement: RequirementOf<Text, Name>, resource: string]
    : List[Index] extends string
      ? RequirementOf<List[Index], Name>
      : List[Index];
};

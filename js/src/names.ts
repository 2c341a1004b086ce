/** Types that check the names in a requirement when it is written down. */

/** Accepts a requirement all of whose names are among `Name`; anything where `Name` is `string`. */
export type RequirementOf<Text extends string, Name extends string> = string extends Name
  ? Text
  : IsMet<Text, Name> extends true
    ? Text
    : `a requirement of ${Name}`;

// Cut at the loosest operator first; what is left is trimmed down to a name.
type IsMet<Text extends string, Name extends string> = Text extends Name
  ? true
  : Text extends `${infer Left}|${infer Right}`
    ? Both<Left, Right, Name>
    : Text extends `${infer Left}&${infer Right}`
      ? Both<Left, Right, Name>
      : Text extends ` ${infer Rest}` | `!${infer Rest}` | `(${infer Rest}` | `${infer Rest} `
        ? IsMet<Rest, Name>
        : Text extends `role(${string})` | `group(${string})` | `scope(${string})`
          ? true
          : Text extends `${infer Rest})`
            ? IsMet<Rest, Name>
            : // The empty text between the two signs of `&&` and `||`.
              Text extends ""
              ? true
              : false;

type Both<Left extends string, Right extends string, Name extends string> =
  IsMet<Left, Name> extends true ? IsMet<Right, Name> : false;

/** The functions without an instance: tokens and requirements, for tools. Only the whole build of the module has them, and in browsers this file is part of its chunk. */

import { decodeUnverified, parseRequirement } from "#glue";
import type { Runtime } from "./runtime.js";
import type { DecodedToken, Language, RequirementTree } from "./types.js";

interface Answer {
  error?: string;
  position?: number;
  texts?: [string, string];
  tree?: RequirementTree;
}

/** The functions. */
export interface Standalone {
  decodeUnverified(token: string): DecodedToken;
  parseRequirement(text: string, language?: Language): RequirementTree;
}

/** Makes an error: the chunk has none of the entry's classes. */
export type Refuse = (code: "malformed-token" | "malformed-requirement", message: string, details?: { position?: number }) => Error;

/** The functions, on the runtime of the whole build. */
export function standalone(runtime: Runtime, refuse: Refuse): Standalone {
  const ask = <Key extends keyof Answer>(key: Key, code: Parameters<Refuse>[0], call: () => string): NonNullable<Answer[Key]> => {
    const answer = JSON.parse(runtime.call(call)) as Answer;
    if (answer.error !== undefined) {
      const { position } = answer;
      throw refuse(code, answer.error, position === undefined ? {} : { position });
    }
    return answer[key] as NonNullable<Answer[Key]>;
  };
  return {
    decodeUnverified(token) {
      const texts = ask("texts", "malformed-token", () => decodeUnverified(String(token)));
      const [header, claims] = texts.map((text) => JSON.parse(text) as Record<string, unknown>);
      return { header: header ?? {}, claims: claims ?? {} };
    },
    parseRequirement(text, language) {
      const { dialect, separator } = language ?? {};
      if (typeof text !== "string") throw refuse("malformed-requirement", "a requirement is a string", { position: 0 });
      return ask("tree", "malformed-requirement", () =>
        parseRequirement(text, String(dialect ?? "segments"), String(separator ?? ":")),
      );
    },
  };
}

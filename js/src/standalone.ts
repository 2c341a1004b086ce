/** The functions without an instance: tokens and requirements, for tools. */

import * as glue from "#glue";
import { PermgateError } from "./errors.js";
import type { Loader } from "./loader.js";
import { runtime } from "./runtime.js";
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

/** The functions, with the module that `loader` starts. */
export function standalone(loader: Loader): Standalone {
  const ask = <Key extends keyof Answer>(
    key: Key,
    code: "malformed-token" | "malformed-requirement",
    call: () => string,
  ): NonNullable<Answer[Key]> => {
    loader.require();
    const answer = JSON.parse(runtime.call(call)) as Answer;
    if (answer.error !== undefined) {
      const { position } = answer;
      throw new PermgateError(code, answer.error, position === undefined ? {} : { position });
    }
    return answer[key] as NonNullable<Answer[Key]>;
  };
  return {
    decodeUnverified(token) {
      const texts = ask("texts", "malformed-token", () => glue.decodeUnverified(String(token)));
      const [header, claims] = texts.map((text) => JSON.parse(text) as Record<string, unknown>);
      return { header: header ?? {}, claims: claims ?? {} };
    },
    parseRequirement(text, language) {
      const { dialect, separator } = language ?? {};
      if (typeof text !== "string") {
        throw new PermgateError("malformed-requirement", "a requirement is a string", { position: 0 });
      }
      return ask("tree", "malformed-requirement", () =>
        glue.parseRequirement(text, String(dialect ?? "segments"), String(separator ?? ":")),
      );
    },
  };
}

/** The functions without an instance: tokens and requirements, for tools. */

import { PermgateError } from "./errors.js";
import type { Glue, Runtime } from "./runtime.js";
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

/** The functions, on the runtime that `running` returns: that of the whole build if `isWhole` is passed. */
export function standalone(running: (isWhole?: boolean) => Runtime): Standalone {
  const ask = <Key extends keyof Answer>(
    key: Key,
    code: "malformed-token" | "malformed-requirement",
    call: (glue: Glue) => string,
  ): NonNullable<Answer[Key]> => {
    const runtime = running();
    const answer = JSON.parse(runtime.call(() => call(runtime.glue))) as Answer;
    if (answer.error !== undefined) {
      const { position } = answer;
      throw new PermgateError(code, answer.error, position === undefined ? {} : { position });
    }
    return answer[key] as NonNullable<Answer[Key]>;
  };
  return {
    decodeUnverified(token) {
      const texts = ask("texts", "malformed-token", (glue) => glue.decodeUnverified(String(token)));
      const [header, claims] = texts.map((text) => JSON.parse(text) as Record<string, unknown>);
      return { header: header ?? {}, claims: claims ?? {} };
    },
    parseRequirement(text, language) {
      const { dialect, separator } = language ?? {};
      if (typeof text !== "string") {
        throw new PermgateError("malformed-requirement", "a requirement is a string", { position: 0 });
      }
      // Only the whole build has this dialect.
      if (dialect === "shiro") running(true);
      return ask("tree", "malformed-requirement", (glue) =>
        glue.parseRequirement(text, String(dialect ?? "segments"), String(separator ?? ":")),
      );
    },
  };
}

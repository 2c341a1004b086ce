/** Runs an action that needs a permission: asks permgate first, and explains a refusal by permgate or the server. */
import { ProblemError } from "./api.ts";
import { permissions } from "./permissions.ts";
import { toast } from "./toast.ts";

/**
 * Runs `action` if `requirement` is granted, and shows the reason otherwise. Resolves to whether it
 * was done. The check saves a request and gives a better message; the server checks, too,
 * and may refuse what this page still believes is granted: then its 403 is shown, and permgate, which sees it
 * too, corrects the page.
 */
export async function attempt(requirement: string, action: () => Promise<void>): Promise<boolean> {
  const decision = permissions.check(requirement);
  if (decision.outcome !== "granted") {
    toast("refused", "Not permitted", decision.message, `${decision.reason} · needs ${requirement}`);
    return false;
  }
  try {
    await action();
    return true;
  } catch (error) {
    showFailure(error);
    return false;
  }
}

/** Shows an error of the API or of the network. */
export function showFailure(error: unknown): void {
  if (error instanceof ProblemError) {
    const { title, detail, required } = error.problem;
    // A 401 is answered by the sign-in dialog.
    if (error.status === 401) return;
    const needs = required === undefined ? undefined : `needs ${required}`;
    toast(error.status === 403 ? "refused" : "failed", title, detail, needs);
  } else {
    toast("failed", "No answer", "The server cannot be reached. What you typed is kept.");
  }
}

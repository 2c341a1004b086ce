/** The error that every command reports in one line. */

/** A mistake in how a command is used: one line that says what is wrong and what to do. */
export class UsageError extends Error {}

/** Formats amounts, times and states. */

const EURO = new Intl.NumberFormat("en-GB", { style: "currency", currency: "EUR" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** Cents as money; empty if a record has no amount. */
export function money(cents: number): string {
  return cents === 0 ? "–" : EURO.format(cents / 100);
}

/** A typed amount in cents; none if it is not a number. */
export function cents(text: string): number | undefined {
  const plain = text.replace(/[\s,€]/g, "");
  if (plain === "") return 0;
  const amount = Math.round(Number(plain) * 100);
  return Number.isSafeInteger(amount) ? amount : undefined;
}

/** A time in short form. */
export function when(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : DAY.format(date);
}

const GOOD = new Set(["active", "approved", "completed", "confirmed", "delivered", "done", "final", "in stock", "paid", "shipped"]);
const WAITING = new Set(["draft", "free", "in progress", "low", "new", "open", "packed", "preliminary", "requested", "scheduled", "sent"]);
const BAD = new Set(["out", "overdue", "rejected"]);

/** The colour of a state. */
export function statusKind(status: string): string {
  if (GOOD.has(status)) return "good";
  if (BAD.has(status)) return "bad";
  return WAITING.has(status) ? "waiting" : "plain";
}

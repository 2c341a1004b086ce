/** The requirements of a page of records. */
import type { Page } from "../api.ts";

/** The requirements of a page, each in one place. */
export function needsOf({ key }: Page) {
  return {
    view: `${key}:view`,
    create: `${key}:create`,
    edit: `${key}:edit`,
    delete: `${key}:delete`,
    copy: `${key}:view & ${key}:create`,
    write: `${key}:create | ${key}:edit`,
    /** May change a record but not remove it, and so may ask another user to remove it. */
    ask: `${key}:edit & !${key}:delete`,
    readOnly: `${key}:view & !(${key}:edit | ${key}:delete)`,
  } as const;
}

/** The requirements of a page. */
export type Needs = ReturnType<typeof needsOf>;

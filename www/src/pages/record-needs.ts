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
    /** May change a record but not remove it: then they may ask somebody else to. */
    ask: `${key}:edit & !${key}:delete`,
    readOnly: `${key}:view & !(${key}:edit | ${key}:delete)`,
  } as const;
}

/** What can be asked for on a page. */
export type Needs = ReturnType<typeof needsOf>;

/** Stands for `next/navigation`: the router of the test, or, as outside of an application of Next, none; and what a server inserts into its page. */

import { createContext, useContext } from "react";

const Router = createContext(null);
export const RouterProvider = Router.Provider;

/** Throws without a router, as that of Next does. */
export function useRouter() {
  const router = useContext(Router);
  if (router === null) throw new Error("invariant expected app router to be mounted");
  return router;
}

/** What the provider would insert into the page, as often as it was asked. */
export const inserted = [];

export function useServerInsertedHTML(insert) {
  inserted.push(insert());
}

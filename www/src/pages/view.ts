/** The interface between a page and the frame around it. */

/** A page, kept with all its state while its user is signed in. */
export interface View {
  readonly root: HTMLElement;
  /** For the window's title. */
  readonly title: string;
  /** The page comes into view; `route` may have moved on inside of it. */
  show?: () => void;
}

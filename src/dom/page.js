/** The page as the binder sees it: what it calls of the DOM, its attributes, its stylesheet, and the focus. */

// Taken from the prototypes when the module is loaded: a form with `<input name="setAttribute">`
// has a property of that name that is no method, and `<img name="defaultView">` hides that of its
// document (DOM clobbering). They work on nodes of other realms, such as those of a frame, too.
const prototype = (name) => (typeof globalThis[name] === "function" ? globalThis[name].prototype : {});
// Test environments define some properties on a base class (happy-dom) or not at all: a property without a getter is read by its name.
export const property = (kind, name) => {
  for (let owner = prototype(kind); owner; owner = Object.getPrototypeOf(owner)) {
    const found = Object.getOwnPropertyDescriptor(owner, name);
    if (found) return found;
  }
  return {};
};
const getter = (kind, name) =>
  property(kind, name).get ??
  function () {
    return this[name];
  };

export const {
  getAttribute, setAttribute, removeAttribute, hasAttribute, closest, matches, replaceWith, hasPointerCapture, releasePointerCapture,
} = prototype("Element");
export const { contains, getRootNode } = prototype("Node");
export const { composedPath, preventDefault, stopImmediatePropagation } = prototype("Event");
export const { addEventListener, removeEventListener, dispatchEvent } = prototype("EventTarget");
export const shadowRootOf = getter("Element", "shadowRoot");
export const localNameOf = getter("Element", "localName");
export const parentOf = getter("Node", "parentNode");

// Kept from the beginning: a test's clock that stands still is no reason to hide what is granted. In milliseconds.
const { setTimeout, clearTimeout } = globalThis;
export const now = performance.now.bind(performance);
export const later = (act, delay) => Reflect.apply(setTimeout, globalThis, [act, delay]);
export const notLater = (timer) => Reflect.apply(clearTimeout, globalThis, [timer]);

const assignedSlot = getter("Element", "assignedSlot");
const { assignedElements = () => [] } = prototype("HTMLSlotElement");
const designMode = getter("Document", "designMode");
const nodeType = getter("Node", "nodeType");
const childNodes = getter("Node", "childNodes");
const ownerDocument = getter("Node", "ownerDocument");
const defaultView = getter("Document", "defaultView");
const readyState = getter("Document", "readyState");
/** The elements of a document that may be replaced as a whole. */
export const rootOf = getter("Document", "documentElement");
export const bodyOf = getter("Document", "body");
const host = getter("ShadowRoot", "host");
const { createComment } = prototype("Document");
const { replaceWith: replaceComment, remove: removeComment } = prototype("CharacterData");

const ELEMENT = 1;
const DOCUMENT = 9;
const FRAGMENT = 11;
const queriesOf = ({ querySelector, querySelectorAll }) => ({ first: querySelector, all: querySelectorAll });
const queries = new Map([
  [ELEMENT, queriesOf(prototype("Element"))],
  [DOCUMENT, queriesOf(prototype("Document"))],
  [FRAGMENT, queriesOf(prototype("DocumentFragment"))],
]);
const adopted = new Map([
  [DOCUMENT, property("Document", "adoptedStyleSheets")],
  [FRAGMENT, property("ShadowRoot", "adoptedStyleSheets")],
]);
const activeIn = { document: getter("Document", "activeElement"), shadow: getter("ShadowRoot", "activeElement") };

export const REQUIREMENT = "data-permission";
export const RESOURCE = "data-permission-resource";
export const MODE = "data-permission-mode";
export const REASON = "data-permission-reason";
export const STATE = "data-permission-state";
/** Which mode is in force on an element that is not hidden, and what the element had before. */
export const APPLIED = "data-permission-applied";

/** The words for the states, by the numbers that cross the border. */
export const STATES = ["denied", "granted", "unknown"];
export const DENIED = STATES.indexOf("denied");
export const GRANTED = STATES.indexOf("granted");
export const UNKNOWN = STATES.indexOf("unknown");

export const isElement = (node) => nodeType.call(node) === ELEMENT;
export const childCountOf = (node) => childNodes.call(node).length;
export const documentOf = (node) => ownerDocument.call(node) ?? node;
/** The window that a document is shown in; undefined where it is in none. */
export const viewOf = (document) => defaultView.call(document) ?? undefined;
export const isParsed = (document) => readyState.call(document) !== "loading";
export const commentIn = (document, text) => createComment.call(document, text);
export const putInPlaceOf = (comment, element) => replaceComment.call(comment, element);
export const takeOut = (comment) => removeComment.call(comment);

/** What an input is; engines know more than the attribute says. */
export const inputTypeOf = (input) => input.type ?? "";
/** Whether a whole document is edited in place. */
export const isDesigned = (node) => designMode.call(documentOf(node)) === "on";
/** The elements that a slot shows; none of anything else. */
export const assignedOf = (node) => (isElement(node) && localNameOf.call(node) === "slot" ? assignedElements.call(node) : []);

/** The first element below a node that matches a selector of ours. */
export const first = (node, selector) => queries.get(nodeType.call(node))?.first.call(node, selector) ?? null;

const byId = new Map([
  [DOCUMENT, prototype("Document").getElementById],
  [FRAGMENT, prototype("DocumentFragment").getElementById],
]);

/** The element of a document or shadow root with an id. */
export const byIdIn = (scope, id) => byId.get(nodeType.call(scope))?.call(scope, id) ?? null;

/** All elements below a node that match a selector of ours. */
export const all = (node, selector) => queries.get(nodeType.call(node))?.all.call(node, selector) ?? [];

/** All elements below a node; none below what holds none. Not a live list: to make one takes longer than to walk through a few elements. */
export const elementsBelow = (node) => queries.get(nodeType.call(node))?.all.call(node, "*") ?? [];

/** The element that a shadow root belongs to; null for any other node. */
export function hostOf(node) {
  if (nodeType.call(node) !== FRAGMENT) return null;
  try {
    return host.call(node) ?? null;
  } catch {
    // Another kind of fragment.
    return null;
  }
}

/** Whether a node stands below another one, through shadow roots. */
export function reaches(root, node) {
  for (let from = node; from; from = hostOf(getRootNode.call(from))) {
    if (contains.call(root, from)) return true;
  }
  return false;
}

const SETTING = `[${RESOURCE}],[${MODE}],[${REASON}]`;
const NOTHING_SET = {};

/** What is above nodes of a root, through shadow roots and the places of what was taken out. */
export class Above {
  #root;
  #placeOf;

  /** `placeOf` gives the comment in the place of an element that was taken out. */
  constructor(root, placeOf) {
    this.#root = root;
    this.#placeOf = placeOf;
  }

  /** The node above another one. */
  of(node) {
    return parentOf.call(node) ?? hostOf(node) ?? this.#placeOf(node) ?? null;
  }

  /** The node that another one is shown in. */
  around(node) {
    return (isElement(node) ? assignedSlot.call(node) : null) ?? this.of(node);
  }

  /** Whether a node stands below the root, or is it. */
  reaches(node) {
    for (let from = node; from; ) {
      if (contains.call(this.#root, from)) return true;
      const top = getRootNode.call(from);
      from = hostOf(top) ?? this.#placeOf(top);
    }
    return false;
  }

  /** Resource, mode and reason that the elements above a node say. */
  setAbove(node) {
    const above = this.of(node);
    if (above === null) return NOTHING_SET;
    return isElement(above) ? this.#setAt(above) : this.setAbove(above);
  }

  #setAt(element) {
    if (this.#nearest(element, SETTING) === undefined) return NOTHING_SET;
    const [resource, mode, reason] = [RESOURCE, MODE, REASON].map((name) => {
      const found = this.#nearest(element, `[${name}]`);
      return found && getAttribute.call(found, name);
    });
    return { resource, mode, reason };
  }

  /** The nearest element, from this one upwards, that matches. */
  #nearest(element, selector) {
    for (let node = element; node; ) {
      const found = closest.call(node, selector);
      if (found) return found;
      const top = getRootNode.call(node);
      node = hostOf(top) ?? this.#elementAbove(top);
    }
    return undefined;
  }

  /** The element in which the place of one is that was taken out. */
  #elementAbove(top) {
    let above = this.#placeOf(top) ?? null;
    while (above && !isElement(above)) above = this.of(above);
    return above;
  }
}

/** The adopted stylesheets of a document or shadow root; undefined where an engine has none. */
export function sheetsOf(scope) {
  return adopted.get(nodeType.call(scope))?.get?.call(scope);
}

export function setSheetsOf(scope, sheets) {
  adopted.get(nodeType.call(scope))?.set?.call(scope, sheets);
}

/** The element that has the focus, through shadow roots. */
function activeElement(document) {
  let found = activeIn.document.call(document) ?? null;
  for (let shadow = found && shadowRootOf.call(found); shadow; shadow = found && shadowRootOf.call(found)) {
    const inner = activeIn.shadow.call(shadow);
    if (!inner) break;
    found = inner;
  }
  return found;
}

// What frameworks render.

/** Properties by which frameworks mark the nodes that they render, or the roots of what they render (then with `true`). */
const MARKS = [
  ["React", /^__react(Fiber|InternalInstance)\$/],
  ["Angular", /^__ngContext__$/],
  ["Svelte", /^__svelte_meta$/],
  ["Vue", /^(__vnode|__vue__)$/],
  ["Vue", /^__vue_app__$/, true],
  ["Preact", /^__k$/, true],
  ["lit", /^_\$litPart\$$/, true],
];

/** Classes that Svelte gives to elements with styles of their own. */
const SVELTE = /(^| )svelte-[a-z0-9]+( |$)/;

/** The framework that renders an element, and will look for it where it put it; undefined where none is known. */
export function rendererOf(element) {
  if (SVELTE.test(getAttribute.call(element, "class") ?? "")) return "Svelte";
  for (let node = element; node; node = parentOf.call(node) ?? hostOf(node)) {
    const names = Object.getOwnPropertyNames(node);
    const mark = MARKS.find(([, name, isRoot]) => (isRoot ? node !== element : node === element) && names.some((own) => name.test(own)));
    if (mark) return mark[0];
  }
  return undefined;
}

// The stylesheet.

// What `cloak.css` says. The first layer wins among `!important` rules, and any layer wins over
// rules without one. An author's layer that comes before ours can still set `display`; what is
// hidden in so many ways, with all that is in it, stays out of sight, out of reach and out of the
// accessibility tree.
const SHOWN = '[data-permission-state="granted"],[data-permission-applied]:not([data-permission-applied~="hide"])';
const WAITING = ["disable", "readonly", "inert"].map((mode) => `,[data-permission-mode="${mode}"]:not([data-permission-state])`).join("");
const STYLE = `@layer permgate{\
[data-permission]:not(${SHOWN}){visibility:hidden!important;content-visibility:hidden!important;opacity:0!important;\
pointer-events:none!important;transition:none!important;animation:none!important}\
[data-permission]:not(${SHOWN}) *{visibility:hidden!important}\
[data-permission]:not(${SHOWN}${WAITING}){display:none!important}\
col[data-permission]:not(${SHOWN}),colgroup[data-permission]:not(${SHOWN}) col{display:table-column!important;visibility:collapse!important}\
colgroup[data-permission]:not(${SHOWN}){display:table-column-group!important;visibility:collapse!important}}`;

/** How long it takes at most, in milliseconds, until somebody looks whether a change took our sheet out of its list: a list is slow to be read. */
const LOOK_AGAIN_MS = 1000;

/** On a document: our sheet, and how many bindings want it where; other copies of the package share it. */
const SHEET = Symbol.for(`permgate.sheet ${STYLE}`);

export class Style {
  /** Where this binding wants it. */
  #scopes = new Set();
  /** Where it ever did: also what is no part of the root any more. */
  #known = new WeakSet();
  #looked = -LOOK_AGAIN_MS;
  #timer;

  /** Whether it hides anywhere yet: a root may come into its document later. */
  get isAdopted() {
    return this.#scopes.size > 0;
  }

  /** Hides in a document or shadow root, from here on; anything else has no sheets of its own. */
  adopt(scope) {
    try {
      const sheets = sheetsOf(scope);
      if (!sheets) return;
      const { sheet, wanted } = sheetOf(documentOf(scope));
      // The page may have replaced the list.
      if (!sheets.includes(sheet)) setSheetsOf(scope, [...sheets, sheet]);
      this.#scopes.add(scope);
      if (this.#known.has(scope)) return;
      this.#known.add(scope);
      wanted.set(scope, (wanted.get(scope) ?? 0) + 1);
    } catch {
      // An engine without constructable stylesheets: there, only `cloak.css` hides.
    }
  }

  /** Hides where the root is now; somebody may have taken the sheet out of the list. */
  keep(scope) {
    if (this.#timer !== undefined && this.#scopes.has(scope)) return;
    if (now() - this.#looked >= LOOK_AGAIN_MS || !this.#scopes.has(scope)) {
      this.#looked = now();
      this.adopt(scope);
      return;
    }
    this.#timer = later(() => {
      this.#timer = undefined;
      this.#looked = now();
      for (const scope of this.#scopes) this.adopt(scope);
    }, LOOK_AGAIN_MS);
  }

  /** Nobody looks any more. */
  rest() {
    notLater(this.#timer);
    this.#timer = undefined;
  }

  /** Somebody set the sheets of a scope anew. */
  again(scope) {
    if (this.#scopes.has(scope)) this.adopt(scope);
  }

  /** What is no part of the root any more keeps the sheet: nobody else would hide there. */
  leave(scope) {
    this.#scopes.delete(scope);
  }

  /** Takes the sheet away, where nobody else wants it. */
  drop() {
    this.rest();
    for (const scope of this.#scopes) {
      const { sheet, wanted } = sheetOf(documentOf(scope));
      const others = wanted.get(scope) - 1;
      wanted.set(scope, others);
      if (others === 0) setSheetsOf(scope, sheetsOf(scope).filter((other) => other !== sheet));
    }
    this.#scopes.clear();
  }
}

/** The sheet of a document: a sheet serves only the document that it was made in. */
function sheetOf(document) {
  if (document[SHEET]) return document[SHEET];
  const { CSSStyleSheet } = viewOf(document) ?? globalThis;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  Object.defineProperty(document, SHEET, { value: { sheet, wanted: new WeakMap() } });
  return document[SHEET];
}

// The focus.

const HIDDEN = `[${REQUIREMENT}]:not([${STATE}=granted],[${APPLIED}]:not([${APPLIED}~=hide]))`;
const INERT = `[${APPLIED}][inert]`;
const DISABLED = `[${APPLIED}][disabled]`;
/** No longer edited, and not reached in another way. */
const UNEDITED = `[${APPLIED}][contenteditable=false]:not([tabindex])`;

const { focus, blur } = globalThis.HTMLElement?.prototype ?? {};

/** Whether nothing at or below this element can be used, or this element itself cannot, which has the focus. */
function isUnusable(element, focused) {
  if (matches.call(element, HIDDEN) || matches.call(element, INERT)) return true;
  if (element === focused && matches.call(element, UNEDITED)) return true;
  // What is written in an `EditContext` heeds no attribute.
  if (focused.editContext && hasAttribute.call(element, APPLIED)) return true;
  return matches.call(element, DISABLED) && (element === focused || localNameOf.call(element) === "fieldset");
}

/** What has the focus; null where nothing has it, which engines call the body. */
export function focusedElement(document) {
  const found = activeElement(document);
  return found === null || localNameOf.call(found) === "body" ? null : found;
}

/**
 * If what has (or had, before it was taken out) the focus cannot be used any more, the nearest
 * element above that takes the focus gets it; where there is none, nothing has it. `above` gives
 * the node above another one, and `isOut` whether an element was taken out.
 */
export function handOn(focused, above, isOut) {
  let unusable;
  for (let node = focused; node; node = above(node)) {
    if (isElement(node) && (isOut(node) || isUnusable(node, focused))) unusable = node;
  }
  if (!unusable) return;
  const document = documentOf(focused);
  for (let node = above(unusable); node; node = above(node)) {
    if (!isElement(node)) continue;
    attempt(focus, node, { preventScroll: true });
    if (activeElement(document) === node) return;
  }
  // In some engines, keys would go on pressing it.
  if (activeElement(document) === focused) attempt(blur, focused);
}

function attempt(method, element, ...how) {
  try {
    method.call(element, ...how);
  } catch {
    // An element of another kind than HTML's.
  }
}

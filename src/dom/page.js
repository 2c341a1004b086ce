/** The page as the binder sees it: DOM methods and getters, attributes, the stylesheet, and the focus. */

/** @import { EditedByContext, Kinds, Methods, Property, Queries, Setting, SharedSheet, State } from "./types.d.ts" */

// Methods and getters are read from the prototypes when the module is loaded: a form with `<input name="setAttribute">`
// has a property of that name that is no method, and `<img name="defaultView">` hides the `defaultView` of its
// document (DOM clobbering). Read this way, they also work on nodes of other realms, such as those of a frame.
/** @template {keyof Kinds} K @param {K} name @returns {Methods<Kinds[K]>} */
const prototype = (name) => /** @type {Methods<Kinds[K]>} */ (typeof globalThis[name] === "function" ? globalThis[name].prototype : {});
// Some test environments define a property on a base class (happy-dom), or not at all: without a getter, it is read by its name.
/** @template {keyof Kinds} K @template {keyof Kinds[K]} N @param {K} kind @param {N} name @returns {Partial<Property<Kinds[K], Kinds[K][N]>>} */
export const property = (kind, name) => {
  for (let owner = prototype(kind); owner; owner = Object.getPrototypeOf(owner)) {
    const found = Object.getOwnPropertyDescriptor(owner, name);
    if (found) return found;
  }
  return {};
};
/** @template {keyof Kinds} K @template {keyof Kinds[K]} N @param {K} kind @param {N} name @returns {(this: Kinds[K]) => Kinds[K][N]} */
const getter = (kind, name) =>
  property(kind, name).get ??
  /** @this {Kinds[K]} */
  function () {
    return this[name];
  };

/** Reads one method. Constants that only the chunk needs are marked as pure, so that the build leaves them out of the entry. @template {keyof Kinds} K @template {keyof Kinds[K]} N @param {K} kind @param {N} name @returns {Methods<Kinds[K]>[N]} */
const method = (kind, name) => prototype(kind)[name];

export const { getAttribute, setAttribute, removeAttribute, hasAttribute, closest, matches } = prototype("Element");
export const replaceWith = /* @__PURE__ */ method("Element", "replaceWith");
export const hasPointerCapture = /* @__PURE__ */ method("Element", "hasPointerCapture");
export const releasePointerCapture = /* @__PURE__ */ method("Element", "releasePointerCapture");
export const { contains, getRootNode } = prototype("Node");
export const { composedPath, preventDefault, stopImmediatePropagation } = prototype("Event");
export const { addEventListener, removeEventListener, dispatchEvent } = prototype("EventTarget");
export const shadowRootOf = /* @__PURE__ */ getter("Element", "shadowRoot");
export const localNameOf = /* @__PURE__ */ getter("Element", "localName");
export const parentOf = /* @__PURE__ */ getter("Node", "parentNode");

// Read when the module is loaded: a test that stops the clock must not keep granted elements hidden. In
// milliseconds.
const { setTimeout, clearTimeout } = globalThis;
export const now = /* @__PURE__ */ performance.now.bind(performance);
/** @param {() => void} act @param {number} delay @returns {number} */
export const later = (act, delay) => Reflect.apply(setTimeout, globalThis, [act, delay]);
/** @param {number | undefined} timer */
export const notLater = (timer) => Reflect.apply(clearTimeout, globalThis, [timer]);

const assignedSlot = /* @__PURE__ */ getter("Element", "assignedSlot");
const { assignedElements = () => [] } = prototype("HTMLSlotElement");
const designMode = /* @__PURE__ */ getter("Document", "designMode");
const nodeType = /* @__PURE__ */ getter("Node", "nodeType");
const childNodes = /* @__PURE__ */ getter("Node", "childNodes");
const ownerDocument = /* @__PURE__ */ getter("Node", "ownerDocument");
const defaultView = /* @__PURE__ */ getter("Document", "defaultView");
const readyState = /* @__PURE__ */ getter("Document", "readyState");
/** The elements of a document that may be replaced as a whole. */
export const rootOf = /* @__PURE__ */ getter("Document", "documentElement");
export const bodyOf = /* @__PURE__ */ getter("Document", "body");
const host = /* @__PURE__ */ getter("ShadowRoot", "host");
const createComment = /* @__PURE__ */ method("Document", "createComment");
const replaceComment = /* @__PURE__ */ method("CharacterData", "replaceWith");
const removeComment = /* @__PURE__ */ method("CharacterData", "remove");

const ELEMENT = 1;
const DOCUMENT = 9;
const FRAGMENT = 11;
// By node type: each method is called only on nodes of its type, which the type checker cannot know.
/** @param {Pick<ParentNode, "querySelector" | "querySelectorAll">} prototype @returns {Queries} */
const queriesOf = ({ querySelector, querySelectorAll }) => ({ first: querySelector, all: querySelectorAll });
const queries = new Map([
  [ELEMENT, queriesOf(/** @type {ParentNode} */ (prototype("Element")))],
  [DOCUMENT, queriesOf(/** @type {ParentNode} */ (prototype("Document")))],
  [FRAGMENT, queriesOf(/** @type {ParentNode} */ (prototype("DocumentFragment")))],
]);
const adopted = /** @type {Map<number, Partial<Property<Node, CSSStyleSheet[]>>>} */ (/* @__PURE__ */ new Map(/** @type {[number, object][]} */ ([
  [DOCUMENT, /* @__PURE__ */ property("Document", "adoptedStyleSheets")],
  [FRAGMENT, /* @__PURE__ */ property("ShadowRoot", "adoptedStyleSheets")],
])));
const activeIn = { document: /* @__PURE__ */ getter("Document", "activeElement"), shadow: /* @__PURE__ */ getter("ShadowRoot", "activeElement") };

export const REQUIREMENT = "data-permission";
export const RESOURCE = "data-permission-resource";
export const MODE = "data-permission-mode";
export const REASON = "data-permission-reason";
export const STATE = "data-permission-state";
/** The mode in force on an element that is not hidden, and the values of the page in the attributes that the mode has set. */
export const APPLIED = "data-permission-applied";

/** The words for the states, by the numbers that cross the border between Rust and JavaScript. */
export const STATES = ["denied", "granted", "unknown"];
export const DENIED = 0;
export const GRANTED = 1;
export const UNKNOWN = 2;

/** @param {Node} node @returns {node is Element} */
export const isElement = (node) => nodeType.call(node) === ELEMENT;
/** @param {Node} node */
export const childCountOf = (node) => childNodes.call(node).length;
/** @param {Node} node */
export const documentOf = (node) => ownerDocument.call(node) ?? /** @type {Document} */ (node);
/** The window of a document; undefined if it has none. @param {Document} document */
export const viewOf = (document) => defaultView.call(document) ?? undefined;
/** @param {Document} document */
export const isParsed = (document) => readyState.call(document) !== "loading";
/** @param {Document} document @param {string} text */
export const commentIn = (document, text) => createComment.call(document, text);
/** @param {Comment} comment @param {Element} element */
export const putInPlaceOf = (comment, element) => replaceComment.call(comment, element);
/** @param {Comment} comment */
export const takeOut = (comment) => removeComment.call(comment);

/** Whether the whole document of a node is edited in place. @param {Node} node */
export const isDesigned = (node) => designMode.call(documentOf(node)) === "on";
/** The elements that a slot shows; none for any other node. @param {Node} node */
export const assignedOf = (node) => (isElement(node) && localNameOf.call(node) === "slot" ? assignedElements.call(/** @type {HTMLSlotElement} */ (node)) : []);

/** The first element below a node that matches a selector of ours. @param {Node} node @param {string} selector */
export const first = (node, selector) => queries.get(nodeType.call(node))?.first.call(node, selector) ?? null;

/** Whether an element below a node matches one of these selectors. Each is a query of its own: engines are slow with lists of selectors. @param {Node} node @param {string[]} selectors */
export const holds = (node, selectors) => selectors.some((selector) => first(node, selector));

/** @type {Record<number, "Document" | "ShadowRoot">} */
const SCOPES = { 9: "Document", 11: "ShadowRoot" };
/**
 * The element that a method of a document or shadow root finds; undefined if the engine or the root of a tree lacks the method.
 * @param {Node} scope @param {"elementFromPoint" | "getElementById"} name @param {unknown[]} given @returns {Element | null | undefined}
 */
export const findIn = (scope, name, ...given) => /** @type {Function | undefined} */ (property(SCOPES[nodeType.call(scope)], name).value)?.apply(scope, given);

/** All elements below a node that match a selector of ours. @param {Node} node @param {string} selector */
export const all = (node, selector) => queries.get(nodeType.call(node))?.all.call(node, selector) ?? [];

/**
 * All elements below a node; none below a node that holds no elements. Not a live list: to make one takes longer than to walk
 * through a few elements. @param {Node} node @returns {ArrayLike<Element> & Iterable<Element>}
 */
export const elementsBelow = (node) => queries.get(nodeType.call(node))?.all.call(node, "*") ?? [];

/** The host of a shadow root; null for any other node. @param {Node} node */
export function hostOf(node) {
  if (nodeType.call(node) !== FRAGMENT) return null;
  try {
    return host.call(/** @type {ShadowRoot} */ (node)) ?? null;
  } catch {
    // A fragment that is no shadow root.
    return null;
  }
}

/** Whether a node stands below another one, through shadow roots. @param {Node} root @param {Node} node */
export function reaches(root, node) {
  for (let from = /** @type {Node | null} */ (node); from; from = hostOf(getRootNode.call(from))) {
    if (contains.call(root, from)) return true;
  }
  return false;
}

const SETTING = `[${RESOURCE}],[${MODE}],[${REASON}]`;
const NOTHING_SET = {};

/** Goes upwards from a node of a root: through shadow roots, and through the comments that stand for elements taken out of the page. */
export class Above {
  #root;
  #placeOf;

  /** `placeOf` returns the comment in the place of an element that was taken out. @param {Node} root @param {(node: Node) => Comment | undefined} placeOf */
  constructor(root, placeOf) {
    this.#root = root;
    this.#placeOf = placeOf;
  }

  /** The node above another one. @param {Node} node @returns {Node | null} */
  of(node) {
    return parentOf.call(node) ?? hostOf(node) ?? this.#placeOf(node) ?? null;
  }

  /** The node that another one is rendered in: its slot if it has one. @param {Node} node */
  around(node) {
    return (isElement(node) ? assignedSlot.call(node) : null) ?? this.of(node);
  }

  /** Whether a node is the root or stands below it. @param {Node} node */
  reaches(node) {
    for (let from = /** @type {Node | undefined} */ (node); from; ) {
      if (contains.call(this.#root, from)) return true;
      const top = getRootNode.call(from);
      from = hostOf(top) ?? this.#placeOf(top);
    }
    return false;
  }

  /** The resource, mode and reason that the elements above a node set. @param {Node} node @returns {Setting} */
  setAbove(node) {
    const above = this.of(node);
    if (above === null) return NOTHING_SET;
    return isElement(above) ? this.#setAt(above) : this.setAbove(above);
  }

  /** @param {Element} element @returns {Setting} */
  #setAt(element) {
    if (this.#nearest(element, SETTING) === undefined) return NOTHING_SET;
    const [resource, mode, reason] = [RESOURCE, MODE, REASON].map((name) => {
      const found = this.#nearest(element, `[${name}]`);
      return found && /** @type {string} */ (getAttribute.call(found, name));
    });
    return { resource, mode, reason };
  }

  /** The nearest element that matches, from this one upwards. @param {Element} element @param {string} selector */
  #nearest(element, selector) {
    for (let node = /** @type {Element | null} */ (element); node; ) {
      const found = closest.call(node, selector);
      if (found) return found;
      const top = getRootNode.call(node);
      node = hostOf(top) ?? this.#elementAbove(top);
    }
    return undefined;
  }

  /** The element that holds the comment of an element that was taken out. @param {Node} top */
  #elementAbove(top) {
    let above = /** @type {Node | null} */ (this.#placeOf(top) ?? null);
    while (above && !isElement(above)) above = this.of(above);
    return above;
  }
}

/** The adopted stylesheets of a document or shadow root; undefined if the engine does not support them. @param {Node} scope */
export function sheetsOf(scope) {
  return adopted.get(nodeType.call(scope))?.get?.call(scope);
}

/** @param {Node} scope @param {CSSStyleSheet[]} sheets */
export function setSheetsOf(scope, sheets) {
  adopted.get(nodeType.call(scope))?.set?.call(scope, sheets);
}

/** The element that has the focus, through shadow roots. @param {Document} document */
function activeElement(document) {
  let found = activeIn.document.call(document) ?? null;
  for (let shadow = found && shadowRootOf.call(found); shadow; shadow = found && shadowRootOf.call(found)) {
    const inner = activeIn.shadow.call(shadow);
    if (!inner) break;
    found = inner;
  }
  return found;
}

// Elements that frameworks render.

/**
 * Properties by which frameworks mark the nodes that they render, or the roots of what they render (then with `true`).
 * @type {[framework: string, name: RegExp, isRoot?: true][]}
 */
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

/** The framework that renders an element and keeps a reference to its place; undefined if none is known. @param {Element} element */
export function rendererOf(element) {
  if (SVELTE.test(getAttribute.call(element, "class") ?? "")) return "Svelte";
  for (let node = /** @type {Node | null} */ (element); node; node = parentOf.call(node) ?? hostOf(node)) {
    const names = Object.getOwnPropertyNames(node);
    const mark = MARKS.find(([, name, isRoot]) => (isRoot ? node !== element : node === element) && names.some((own) => name.test(own)));
    if (mark) return mark[0];
  }
  return undefined;
}

// The stylesheet.

// The same rules as in `cloak.css`. The first layer wins among `!important` rules, and any layer wins over
// rules without one. An author's layer that comes before ours can still set `display`; since an element is
// hidden in several ways, it and its content stay out of sight, out of reach and out of the accessibility
// tree.
const SHOWN = '[data-permission-state="granted"],[data-permission-applied]:not([data-permission-applied~="hide"])';
const WAITING = ["disable", "readonly", "inert"];
const STYLE = /* @__PURE__ */ (() => `@layer permgate{\
[data-permission]:not(${SHOWN}){visibility:hidden!important;content-visibility:hidden!important;opacity:0!important;\
pointer-events:none!important;transition:none!important;animation:none!important}\
[data-permission]:not(${SHOWN}) *{visibility:hidden!important}\
[data-permission]:not(${SHOWN}${WAITING.map((mode) => `,[data-permission-mode="${mode}"]:not([data-permission-applied])`).join("")}){display:none!important}\
col[data-permission]:not(${SHOWN}),colgroup[data-permission]:not(${SHOWN}) col{display:table-column!important;visibility:collapse!important}\
colgroup[data-permission]:not(${SHOWN}){display:table-column-group!important;visibility:collapse!important}}`)();

/** The longest time, in milliseconds, from a change to the next look for the stylesheet in its list. It is not looked for at once, since reading the list is slow. */
const LOOK_AGAIN_MS = 1000;

const SHEET_NAME = /* @__PURE__ */ (() => `permgate.sheet ${STYLE}`)();

/** The key on a document of its shared stylesheet; other copies of the package use the same one. */
const SHEET = /* @__PURE__ */ Symbol.for(SHEET_NAME);

/** The stylesheet that hides refused elements, in the scopes of one binding. */
export class Style {
  /** The scopes in which this binding wants the stylesheet. @type {Set<Node>} */
  #scopes = new Set();
  /** All scopes in which this binding has ever wanted the stylesheet, including those that left the root. @type {WeakSet<Node>} */
  #known = new WeakSet();
  #looked = -LOOK_AGAIN_MS;
  /** @type {number | undefined} */
  #timer;

  /** Whether the stylesheet is adopted anywhere yet: a root may be inserted into its document later. */
  get isAdopted() {
    return this.#scopes.size > 0;
  }

  /** Adds the stylesheet to a document or shadow root; any other node has no stylesheets of its own. @param {Node} scope */
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
      // An engine without constructable stylesheets: there, only `cloak.css` hides elements.
    }
  }

  /** Keeps the stylesheet where the root is now, in case the page took it out of the list. @param {Node} scope */
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

  /** Cancels the next look. */
  rest() {
    notLater(this.#timer);
    this.#timer = undefined;
  }

  /** The page replaced the list of stylesheets of a scope. @param {Node} scope */
  again(scope) {
    if (this.#scopes.has(scope)) this.adopt(scope);
  }

  /** A scope that left the root keeps the stylesheet: nothing else would hide its elements. @param {Node} scope */
  leave(scope) {
    this.#scopes.delete(scope);
  }

  /** Removes the stylesheet wherever no other binding wants it. */
  drop() {
    this.rest();
    for (const scope of this.#scopes) {
      const { sheet, wanted } = sheetOf(documentOf(scope));
      const others = /** @type {number} */ (wanted.get(scope)) - 1;
      wanted.set(scope, others);
      if (others === 0) setSheetsOf(scope, /** @type {CSSStyleSheet[]} */ (sheetsOf(scope)).filter((other) => other !== sheet));
    }
    this.#scopes.clear();
  }
}

/** The shared stylesheet of a document: a stylesheet can only be adopted in the document that it was made in. @param {Document & { [SHEET]?: SharedSheet }} document @returns {SharedSheet} */
function sheetOf(document) {
  if (document[SHEET]) return document[SHEET];
  const { CSSStyleSheet } = /** @type {typeof globalThis} */ (viewOf(document) ?? globalThis);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  Object.defineProperty(document, SHEET, { value: { sheet, wanted: new WeakMap() } });
  return /** @type {SharedSheet} */ (/** @type {unknown} */ (document[SHEET]));
}

// The focus.

const HIDDEN = `[${REQUIREMENT}]:not([${STATE}=granted],[${APPLIED}]:not([${APPLIED}~=hide]))`;
const INERT = `[${APPLIED}][inert]`;
const DISABLED = `[${APPLIED}][disabled]`;
/** An element whose text can no longer be edited, and which has no `tabindex` by which it could have the focus. */
const UNEDITED = `[${APPLIED}][contenteditable=false]:not([tabindex])`;

export const { focus, blur } = /** @type {HTMLElement} */ (globalThis.HTMLElement?.prototype ?? {});

/** Whether the focused element cannot be used because of this element: itself or one of its ancestors. @param {Element} element @param {EditedByContext} focused */
function isUnusable(element, focused) {
  if (matches.call(element, HIDDEN) || matches.call(element, INERT)) return true;
  if (element === focused && matches.call(element, UNEDITED)) return true;
  // An `EditContext` takes text whatever the attributes of its element say.
  if (focused.editContext && hasAttribute.call(element, APPLIED)) return true;
  return matches.call(element, DISABLED) && (element === focused || localNameOf.call(element) === "fieldset");
}

/** The element that has the focus; null if none has it, in which case engines name the body. @param {Document} document */
export function focusedElement(document) {
  const found = activeElement(document);
  return found === null || localNameOf.call(found) === "body" ? null : found;
}

/**
 * If the element that has the focus (or had it, before it was taken out) can no longer be used, the nearest
 * focusable element above gets the focus; if there is none, nothing keeps it. `above` returns
 * the node above another one, and `isOut` whether an element was taken out.
 * @param {Element} focused @param {(node: Node) => Node | null} above @param {(node: Element) => boolean} isOut
 */
export function handOn(focused, above, isOut) {
  /** @type {Element | undefined} */
  let unusable;
  for (let node = /** @type {Node | null} */ (focused); node; node = above(node)) {
    if (isElement(node) && (isOut(node) || isUnusable(node, focused))) unusable = node;
  }
  if (!unusable) return;
  const document = documentOf(focused);
  for (let node = above(unusable); node; node = above(node)) {
    if (!isElement(node)) continue;
    attempt(focus, node, { preventScroll: true });
    if (activeElement(document) === node) return;
  }
  // In some engines, keys would otherwise still activate it.
  if (activeElement(document) === focused) attempt(blur, focused);
}

/** @template {unknown[]} Given @param {(...given: Given) => void} method @param {Element} element @param {Given} how */
export function attempt(method, element, ...how) {
  try {
    method.call(element, ...how);
  } catch {
    // The element is not an HTML element, but one of SVG, for example.
  }
}

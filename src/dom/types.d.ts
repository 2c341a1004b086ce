/** The types that the files of the binder share. Only the type check reads them; nothing of them reaches a bundle. */

/** The DOM classes whose methods and properties are taken from the prototypes, by name. */
export interface Kinds {
  CharacterData: CharacterData;
  Document: Document;
  DocumentFragment: DocumentFragment;
  Element: Element;
  Event: Event;
  EventTarget: EventTarget;
  HTMLDialogElement: HTMLDialogElement;
  HTMLElement: HTMLElement;
  HTMLFormElement: HTMLFormElement;
  HTMLInputElement: HTMLInputElement;
  HTMLOptionElement: HTMLOptionElement;
  HTMLSelectElement: HTMLSelectElement;
  HTMLSlotElement: HTMLSlotElement;
  HTMLTextAreaElement: HTMLTextAreaElement;
  Node: Node;
  ShadowRoot: ShadowRoot;
  SubmitEvent: SubmitEvent;
}

/** A member of a class as it stands on the prototype: a method takes an object of that class as `this`. */
export type Member<Kind, Value> = Value extends (...given: infer Given) => infer Answer
  ? (this: Kind, ...given: Given) => Answer
  : Value;

/** A prototype. For an overloaded method, this is its last and most general overload. */
export type Methods<Kind> = { readonly [Name in keyof Kind]: Member<Kind, Kind[Name]> };

/** The descriptor of an accessor (`get`, `set`) or of a method (`value`). */
export interface Property<Kind, Value> {
  get(this: Kind): Value;
  set(this: Kind, value: Value): void;
  value: Member<Kind, Value>;
}

/** The two queries of a node, by selector. */
export interface Queries {
  readonly first: (this: Node, selector: string) => Element | null;
  readonly all: (this: Node, selector: string) => NodeListOf<Element>;
}

/** A node that stylesheets and event listeners are added to: the root of a tree. */
export type Scope = Document | ShadowRoot;

/** The number of a decision: its index in `STATES`. */
export type State = number;

/** One of the five built-in modes, or a mode of the application. */
export type Mode = string;

/** The values of the attributes for resource, mode and reason that apply to an element. */
export interface Setting {
  readonly resource?: string | undefined;
  readonly mode?: Mode | undefined;
  readonly reason?: string | undefined;
}

/** A requirement on the page with the elements that have it. */
export interface Asked {
  readonly key: number;
  readonly requirement: string;
  readonly resource: string | undefined;
  readonly numbers: number[];
  state: State | undefined;
}

/** A bound element with its number and state. */
export interface Row {
  readonly number: number;
  readonly element: Element;
  readonly state: State | undefined;
}

/** A decision as the module shows it to JavaScript. */
export interface Checked {
  readonly outcome: string;
  readonly reason: string;
  readonly message: string;
}

/** Undoes what was done to an element, or removes a listener. */
export type Undo = () => void;

/** Reports a problem to the application, by its code. */
export type Report = (code: string, message: string, element: Element, cause?: unknown) => void;

/** What the TypeScript around the module lends to one binding; `PageHands` in `js/src/glue.d.ts`. */
export interface Page {
  /** The application's own modes; each may return a function that undoes it. */
  readonly modes: Readonly<Record<string, (element: Element, checked: Checked) => unknown>>;
  readonly report: Report;
  readonly refusal: Chunk;
  /** Set by the binding: ends it, whether or not the module still runs. */
  stop?(clean: boolean): void;
}

/** The chunk of the binder that is loaded later. */
export interface Chunk {
  /** The chunk, if it is loaded already. */
  readonly now: Refusal | undefined;
  /** Loads the chunk; undefined after a failure, which is reported elsewhere. */
  load(): Promise<Refusal | undefined>;
}

/** What the chunk exports. */
export type Refusal = typeof import("./refusal/refusal.js");

/** The objects that the chunk makes for a binding. */
export type Equipment = ReturnType<Refusal["equipment"]>;

/** The functions of the module that a binding calls. */
export interface Module {
  /** Reads new requirements and returns the state of each; forgets the keys in `freed`. */
  learn(asked: Uint32Array, texts: string, freed: Uint32Array): Uint32Array | readonly number[] | undefined;
  /** The decision on the requirement with this key, as JSON. */
  explain(key: number): string | undefined;
  /** Reports the requirements that could not be read. */
  complain(): void;
}

/** The index of a binding, as the chunk needs it. */
export interface Numbers {
  numberOf(node: Node): number | undefined;
  element(number: number): Element | undefined;
}

/** The event listeners of a binding, as the chunk needs them. */
export interface Listeners {
  /** The strongest mode of a node and its ancestors; undefined if all of them are granted. */
  modeAt(node: Node | null | undefined): Mode | undefined;
  /** Passes all events on to `acts`. */
  equip(acts: EventActs): void;
}

/** Handles the events on refused elements. */
export interface EventActs {
  heard(event: Heard, path: Node[], mode: Mode | undefined, hasModes: boolean): void;
  /** Ends drags and pointer captures on elements that are refused by now. */
  letGo(): void;
  stop(): void;
}

/** What the chunk gets from a binding. */
export interface BindingTree {
  readonly index: Numbers;
  readonly blocker: Listeners;
  /** The mode of a node itself; undefined if it is granted. */
  readonly modeOf: (node: Node) => Mode | undefined;
  /** The node that another node is rendered in. */
  readonly around: (node: Node) => Node | null;
  /** The decision on the element with this number. */
  readonly explain: (number: number) => Checked;
  /** Called with each element that is taken out of the page (`isOut`) or put back. */
  readonly moved: (element: Element, isOut: boolean) => void;
  /** Keeps the user from an element that no stylesheet can hide. */
  readonly keep: (number: number, element: Element) => void;
  /** Whether no nearer binding has the element. */
  readonly isOurs: (element: Element) => boolean;
  /** Runs `act` without observing what it writes. */
  readonly unobserved: (act: () => void) => void;
}

/** What the modes of a binding ask of it. */
export interface ModesTree extends Pick<BindingTree, "around" | "isOurs"> {
  readonly numberOf: (node: Node) => number | undefined;
  readonly isHidden: (element: Element) => boolean;
  /** Called with each element that a mode begins to refuse. */
  readonly refused: (element: Element) => void;
  /** Called when elements have other modes or places than before. */
  readonly settled: () => void;
}

/** What the handling of events asks of a binding. */
export interface ActsTree extends Pick<BindingTree, "around" | "modeOf" | "unobserved"> {
  readonly modeAt: Listeners["modeAt"];
  /** Whether a submit button of the form was taken out of the page. */
  readonly lacksButton: (form: Node) => boolean;
  /** The elements with attributes of ours, in all trees. */
  readonly held: () => Element[];
}

/** An element with a mode. */
export interface Kept {
  readonly number: number;
  readonly element: Element;
  readonly mode: Mode;
  readonly reason: string | undefined;
  isApplied: boolean;
  undo: unknown;
  decision: Checked | undefined;
}

/** An attribute that a mode has set: the value before, and ours. */
export interface Saved {
  before: string | null;
  readonly ours: string;
}

/** The mode of an element, and by name the attributes that it has set. */
export interface Held {
  mode: Mode;
  readonly saved: Map<string, Saved>;
}

/** Returns the value of an attribute as the page set it. */
export type Theirs = (element: Element, name: string) => string | null;

/** Attributes to be set: pairs of name and value. */
export type Attributes = [name: string, value: string][];

/** A form field that holds a value. */
export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** An event of any type that is listened to. Each property exists on some of these types only. */
export type Heard = Event &
  Pick<KeyboardEvent, "key" | "code" | "repeat" | "ctrlKey" | "metaKey" | "altKey"> &
  Pick<PointerEvent, "pointerId" | "pointerType" | "button" | "clientX" | "clientY"> &
  Pick<TouchEvent, "changedTouches"> &
  Pick<SubmitEvent, "submitter"> &
  Pick<InputEvent, "getTargetRanges" | "inputType"> & {
    /** Of `command`: the command (WHATWG HTML §4.10.6). */
    readonly command: string;
    /** Of `beforetoggle`: `open` or `closed`. */
    readonly newState: string;
  };

/** An element whose text is edited by an `EditContext`. */
export type EditedByContext = Element & { readonly editContext?: unknown };

/** A pointer that is down. */
export interface Press {
  readonly from: Node;
  readonly isTouch: boolean;
  hasLetGo: boolean;
}

/** A call of a dialog's method. */
type DialogCall = [dialog: HTMLDialogElement, given: [value?: string], result: void];

/** The methods and setters of the page that are patched: the object, the arguments and the result of a call. */
export interface Calls {
  adoptedStyleSheets: [scope: Scope, given: [CSSStyleSheet[]], result: void];
  attachShadow: [host: Element, given: [ShadowRootInit], shadow: ShadowRoot];
  designMode: [document: Document, given: [string], result: void];
  showModal: DialogCall;
  close: DialogCall;
  requestClose: DialogCall;
  toggleAttribute: [element: Element, given: [name: string, force?: boolean], result: boolean];
}

/** Called after each call of a patched method or setter. */
export type CallListener = (object: unknown, given: unknown[], result: unknown) => void;

/** The listeners of a patched method. */
export interface CallListeners extends Set<CallListener> {
  /** Puts the page's own method back when there is no listener left. */
  tidy: () => void;
}

/** One binding in the list of a document. */
export interface BindingEntry {
  root: Node;
  /** Called with the root of another binding that begins or ends. */
  readonly changed: (root: Node) => void;
}

/** The stylesheet of a document, and how many bindings want it in each scope. */
export interface SharedSheet {
  readonly sheet: CSSStyleSheet;
  readonly wanted: WeakMap<Node, number>;
}

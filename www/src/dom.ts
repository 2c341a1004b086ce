/** Builds DOM nodes: no markup in strings, so nothing here needs Trusted Types or can inject. */

/** A child of an element. `null` and `false` are left out. */
export type Child = Node | string | number | null | false;

/** The value of an attribute: `true` is an empty attribute, `false` and `undefined` leave it out. */
type Value = string | number | boolean | undefined;

/** Attributes by name; a function under `onclick` and the like becomes a listener. */
export type Attributes = Record<string, Value | ((event: never) => void)>;

/** An element with attributes, listeners and children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      made.addEventListener(name.replace(/^on/, ""), value as (event: Event) => void);
    } else if (value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  made.append(...nodes(children));
  return made;
}

/** Replaces the children of an element. */
export function fill(parent: Element, ...children: Child[]): void {
  parent.replaceChildren(...nodes(children));
}

/** A sentence in which `names in backticks` are set as code. */
export function prose(text: string): Child[] {
  return text.split("`").map((part, index) => (index % 2 === 1 ? element("code", {}, part) : part));
}

/** Writes a text only when it differs, so that a ticking clock causes no layout. */
export function write(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

function nodes(children: readonly Child[]): (Node | string)[] {
  const nodes: (Node | string)[] = [];
  for (const child of children) {
    if (child === null || child === false) continue;
    nodes.push(typeof child === "number" ? String(child) : child);
  }
  return nodes;
}

/** Runs first in its page: watches every frame from then on, and says how an element is kept from being used. */

{
  // Taken from the prototypes, as the tests clobber elements and documents.
  const getter = (kind, name) => Object.getOwnPropertyDescriptor(kind.prototype, name).get;
  const { getAttribute, hasAttribute, matches, closest, checkVisibility, querySelectorAll: inElement } = Element.prototype;
  const { querySelectorAll: inDocument } = Document.prototype;
  const { querySelectorAll: inFragment } = DocumentFragment.prototype;
  const isConnected = getter(Node, "isConnected");
  const shadowRoot = getter(Element, "shadowRoot");
  const id = getter(Element, "id");

  const STATE = "data-permission-state";
  /** Newer attributes with older ones of the same meaning. */
  const BY_ALL_MEANS = { visibilityProperty: true, opacityProperty: true, checkVisibilityCSS: true, checkOpacity: true };

  window.isVisible = (element) => checkVisibility.call(element, BY_ALL_MEANS);

  /** Whether the platform's own state disables an element, or every control in it. */
  const isUnusable = (element) => {
    if (hasAttribute.call(element, "inert") || getAttribute.call(element, "contenteditable") === "false") return true;
    return [...inElement.call(element, "a[href],button,input,select,textarea,[tabindex]")].every((control) =>
      matches.call(control, ":disabled,[aria-disabled=true],[inert],[inert] *"));
  };

  /** Whether an element, or every field in it, is read-only. Some fields have no attribute for that: their values are put back. */
  const isUnchangeable = (element) =>
    matches.call(element, "[type=radio],[type=color],[type=file]") ||
    [...inElement.call(element, "input,select,textarea")].every((field) => matches.call(field, "[readonly],:disabled,[data-permission-applied^=readonly]"));

  /** How an element is kept from being used at the moment: `out`, `hidden`, `disabled`, `readonly`, `inert`, `own`, or `usable`. */
  window.gating = (element) => {
    const says = (name) => getAttribute.call(element, name) === "true";
    if (!isConnected.call(element)) return "out";
    if (!window.isVisible(element)) return "hidden";
    // An `<area>` has no box. Firefox takes it for visible while its image is: then it is hidden from the keyboard.
    if (matches.call(element, "area[tabindex='-1']")) return "hidden";
    const mode = getAttribute.call(element, "data-permission-applied")?.split(" ")[0];
    if (matches.call(element, ":disabled") || says("aria-disabled") || (mode === "disable" && isUnusable(element))) return "disabled";
    if (hasAttribute.call(element, "readonly") || says("aria-readonly")) return "readonly";
    if (mode === "readonly" && isUnchangeable(element)) return "readonly";
    if (closest.call(element, "[inert]")) return "inert";
    return matches.call(element, ".own-mode") ? "own" : "usable";
  };

  /** All tagged elements of the page, also in open shadow roots. */
  window.tagged = (scope = document, all = scope === document ? inDocument : inFragment) => {
    const found = [];
    for (const element of all.call(scope, "*")) {
      if (hasAttribute.call(element, "data-permission")) found.push(element);
      const shadow = shadowRoot.call(element);
      if (shadow) found.push(...window.tagged(shadow));
    }
    return found;
  };

  const record = { frames: 0, flashes: [], violations: [] };
  window.watch = { record, uncaught: [], clicks: [], isLooking: true };
  const flashed = new WeakSet();
  const frame = () => {
    record.frames += 1;
    for (const element of window.watch.isLooking ? window.tagged() : []) {
      if (flashed.has(element) || getAttribute.call(element, STATE) === "granted" || window.gating(element) !== "usable") continue;
      flashed.add(element);
      record.flashes.push(`frame ${record.frames}: #${getAttribute.call(element, "id") ?? id.call(element)}`);
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);

  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) => {
    record.violations.push(`${violatedDirective}: ${blockedURI} ${sample}`);
  });
  addEventListener("error", ({ message }) => window.watch.uncaught.push(message));
  addEventListener("unhandledrejection", ({ reason }) => window.watch.uncaught.push(`${reason}`));

  // The size of the module's memory.
  const keep = (instance) => {
    const memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
    window.memoryBytes = () => memory.buffer.byteLength;
    return instance;
  };
  const { instantiate, Instance } = WebAssembly;
  WebAssembly.instantiate = async (...how) => {
    const started = await instantiate.apply(WebAssembly, how);
    keep(started instanceof Instance ? started : started.instance);
    return started;
  };
  WebAssembly.Instance = new Proxy(Instance, { construct: (kind, how) => keep(Reflect.construct(kind, how)) });

  window.nativeAttachShadow = Element.prototype.attachShadow;
}

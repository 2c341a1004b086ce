/** A page whose content and permissions a test sets; `window.permgate` is the package. */

const policy = globalThis.trustedTypes?.createPolicy("tests", { createHTML: (html) => html }) ?? { createHTML: (html) => html };

/** Markup as an application's framework would set it. */
window.trusted = (html) => policy.createHTML(html);

window.main = document.querySelector("main");

/** One turn of the event loop. */
window.turn = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(port1.close());
    port2.postMessage(null);
  });

/** Sets the content of the page. */
window.put = (html) => {
  window.main.innerHTML = window.trusted(html);
};

const part = (value) => btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** A token that grants exactly these permissions. */
window.granting = (names) => `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: "u-17", permissions: names })}.c2lnbmF0dXJl`;

/** Grants exactly these permissions to an instance, and waits until they are written to the page. */
window.allow = (names, permissions = window.permissions) =>
  new Promise((resolve) => {
    const wanted = [...names].sort().join(" ");
    const stop = permissions.on("change", () => look());
    const look = () => {
      const held = permissions.snapshot();
      if (held.status !== "fresh" || [...held.permissions].sort().join(" ") !== wanted) return;
      stop();
      resolve();
    };
    permissions.setToken(window.granting(names));
    look();
  });

/** The page's own mode. */
window.modes = {
  own(element) {
    // Taken from the prototype, as a form may have fields of such names.
    const before = Element.prototype.getAttribute.call(element, "class");
    element.classList.add("own-mode");
    return () => {
      element.classList.remove("own-mode");
      if (element.className === "" && before !== "") Element.prototype.removeAttribute.call(element, "class");
    };
  },
};

/** Creates an instance with these permissions, whose errors are in `watch.errors`. */
window.create = async (names = [], options = {}) => {
  const permissions = await window.permgate.createPermissions({ token: window.granting(names), tabs: false, modes: window.modes, ...options });
  permissions.on("error", ({ code, element, message }) => window.watch.errors.push({ code, element: element?.getAttribute("id") ?? null, message }));
  await permissions.whenReady();
  return permissions;
};

/** The one instance of most tests, bound to the page. */
window.begin = async (names, options) => {
  window.permissions = await window.create(names, options);
  window.binding = window.permissions.bind();
};

/** Defines a custom element with this content in an open shadow root. Defined here, as the scripts of Firefox's driver have a realm of their own. */
window.defineHost = (name, content) => {
  customElements.define(
    name,
    class extends HTMLElement {
      connectedCallback() {
        if (!this.shadowRoot) this.attachShadow({ mode: "open" }).innerHTML = window.trusted(content);
      }
    },
  );
};

/** Waits for a number of frames. */
window.frames = async (count = 2) => {
  for (let frame = 0; frame < count; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
};

/** How each of the elements with these ids is kept from being used. */
window.gatings = (selector) =>
  Object.fromEntries(window.tagged().filter((element) => element.matches(selector)).map((element) => [element.id, window.gating(element)]));

/** The position at which two texts begin to differ, or null. */
window.difference = (expected, actual) => {
  if (expected === actual) return null;
  let at = 0;
  while (expected[at] === actual[at]) at += 1;
  const around = (text) => text.slice(Math.max(0, at - 80), at + 80);
  return { expected: around(expected), actual: around(actual) };
};

window.watch.errors = [];
// The first listener on this element: only permgate, which listens further out, can keep a click from it.
window.main.addEventListener("click", ({ target }) => window.watch.clicks.push(target.id));

window.permgate = await import("/permgate/index.js");
document.documentElement.dataset.ready = "";

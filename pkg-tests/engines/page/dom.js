/** A page whose content and rights are told by a test; `window.permgate` is the package. */

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

/** Sets what is in the page's middle. */
window.put = (html) => {
  window.main.innerHTML = window.trusted(html);
};

const part = (value) => btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** A token that grants these names, and nothing else. */
window.granting = (names) => `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: "u-17", permissions: names })}.c2lnbmF0dXJl`;

/** Grants these names to an instance and nothing else; waits until that is held, and so written to the page. */
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

/** A mode of the page's own. */
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

/** An instance with these rights, which tells its errors to `watch.errors`. */
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

/** Defines a custom element with such content in an open shadow root. Here, as Firefox's driver has a realm of its own. */
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

/** Waits until the page has been shown so many times more. */
window.frames = async (count = 2) => {
  for (let frame = 0; frame < count; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
};

/** How each of these elements is kept from being used, by their ids. */
window.gatings = (selector) =>
  Object.fromEntries(window.tagged().filter((element) => element.matches(selector)).map((element) => [element.id, window.gating(element)]));

/** Where two texts begin to differ, or null. */
window.difference = (expected, actual) => {
  if (expected === actual) return null;
  let at = 0;
  while (expected[at] === actual[at]) at += 1;
  const around = (text) => text.slice(Math.max(0, at - 80), at + 80);
  return { expected: around(expected), actual: around(actual) };
};

window.watch.errors = [];
// Written down where nobody can be before, and nobody can hold it back: permgate listens at the document.
window.main.addEventListener("click", ({ target }) => window.watch.clicks.push(target.id));

window.permgate = await import("/permgate/index.js");
document.documentElement.dataset.ready = "";

/** The probe that runs in a page before its own scripts: it records frames, states, and policy violations. */

/**
 * Runs in the page by itself, without the rest of this module. Sets `permgateProbe`:
 * - `record.frames`: the number of observed frames; `record.flashes`: the refused elements that one of them
 *   displayed;
 * - `record.violations`: of the Content-Security-Policy;
 * - `record.states`: the states that were written since `phase` was set, with the phase;
 * - `tagged()`: all tagged elements, and how they are shown;
 * - `plant(requirements)`: adds tagged elements outside of the application, which it never removes.
 */
export function probe() {
  const STATE = "data-permission-state";
  const record = { frames: 0, flashes: [], violations: [], states: [] };
  const flashed = new WeakSet();

  const isDisplayed = (element) => getComputedStyle(element).display !== "none";
  const all = () => [...document.querySelectorAll("[data-permission]")];
  const describe = (element) =>
    `<${element.localName} data-permission="${element.dataset.permission}" ${STATE}="${element.getAttribute(STATE)}">` +
    ` ${element.textContent.trim().slice(0, 40)}`;

  const frame = () => {
    record.frames += 1;
    for (const element of document.querySelectorAll(`[data-permission]:not([${STATE}="granted"])`)) {
      if (flashed.has(element) || !isDisplayed(element)) continue;
      flashed.add(element);
      record.flashes.push(`frame ${record.frames}: ${describe(element)}`);
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);

  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) => {
    record.violations.push(`${violatedDirective}: ${blockedURI} ${sample}`);
  });

  new MutationObserver((changes) => {
    const { phase } = window.permgateProbe;
    if (phase === undefined) return;
    for (const { target } of changes) {
      record.states.push({
        phase,
        requirement: target.dataset.permission,
        state: target.getAttribute(STATE),
        at: Date.now(),
      });
    }
  }).observe(document, { subtree: true, attributes: true, attributeFilter: [STATE] });

  /** The reason, apart from requirements, for which an element is not visible, if any. */
  const hiddenOtherwise = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      if (at.hidden) return "hidden";
      const isClosed = at !== element && at.matches("details:not([open])");
      if (isClosed && !at.querySelector("summary")?.contains(element)) return "closed";
      const isTagged = "permission" in at.dataset;
      if (!isTagged && !isDisplayed(at)) return `no display of <${at.localName} class="${at.className}">`;
      if (getComputedStyle(at).visibility !== "visible") return "not visible";
    }
    return null;
  };

  window.permgateProbe = {
    record,
    phase: undefined,
    tagged() {
      const elements = all();
      const indexOf = new Map(elements.map((element, index) => [element, index]));
      return elements.map((element) => ({
        requirement: element.getAttribute("data-permission"),
        resource: element.getAttribute("data-permission-resource"),
        state: element.getAttribute(STATE),
        displayed: isDisplayed(element),
        visible: element.checkVisibility(),
        // The index in this list of the tagged element around it.
        within: indexOf.get(element.parentElement?.closest("[data-permission]")) ?? null,
        otherwise: hiddenOtherwise(element),
        inMenu: element.closest("aside.sidebar") !== null,
        text: describe(element),
      }));
    },
    /** The requirements of all elements that no requirement hides. */
    displayed: () => all().filter(isDisplayed).map((element) => element.dataset.permission),
    plant(requirements) {
      for (const requirement of requirements) {
        const witness = document.createElement("span");
        witness.setAttribute("data-permission", requirement);
        witness.setAttribute("data-witness", "");
        witness.textContent = requirement;
        document.body.append(witness);
      }
    },
    /** The witness elements in a state. */
    witnesses: (state) =>
      [...document.querySelectorAll(`[data-witness][${STATE}="${state}"]`)].map((element) => element.dataset.permission),
  };
}

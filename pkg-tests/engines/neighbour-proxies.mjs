/** Cases near F59 and F60: activation by other elements and by scripts, and events between press and release. See `neighbour-acts.mjs`. */

import { Button, Key } from "selenium-webdriver";
import { BOTH, EVERY, clickedThenPressed, hears } from "./neighbour-acts.mjs";

const { ALT, ARROW_DOWN, ENTER, SHIFT, SPACE } = Key;

const REFUSING = ["hide", "inert", "disable"];

const isOpen = () => document.querySelector("#it").matches(":popover-open");
const hash = () => location.hash;
const commanded = (find) => find("#it").addEventListener("command", ({ command }) => window.acts.push(command));

/** A widget of a script; `@` is replaced in the page where it stands in a shadow root. */
const WIDGET = '<span id="it" @ role="button" tabindex="0">widget</span>';

/** In the page: gives `#host` a shadow root with this markup, and records what `#around` is told. */
const shadowed = (markup) => `(find, mode) => {
  const tagged = ${JSON.stringify(markup)}.replace("@", 'data-permission="a:use" data-permission-mode="' + mode + '"');
  find("#host").attachShadow({ mode: "open" }).innerHTML = window.trusted(tagged);
  const outer = find("#outer");
  if (outer) outer.attachShadow({ mode: "open" }).innerHTML = window.trusted("<i><slot></slot></i>");
  for (const type of ["pointerdown", "mousedown", "click"]) find("#around").addEventListener(type, () => window.acts.push(type));
}`;

export const PROXIES = {
  "a check box of a shadow root that has its label around it": {
    html: '<section @><div id="host"></div></section>',
    modes: EVERY,
    setup: (find) => (find("#host").attachShadow({ mode: "open" }).innerHTML = window.trusted('<label for="it" id="label">label</label><input type="checkbox" id="it">')) && undefined,
    looks: () => document.querySelector("#host").shadowRoot.querySelector("#it").checked,
    act: ({ click }) => click("#label"),
  },

  "a refused label of a field that is granted": {
    html: '<label for="it" id="label" @>label</label><input type="checkbox" id="it">',
    modes: ["hide", "disable"],
    act: ({ click }) => click("#label"),
  },

  "a radio button that arrows choose": {
    html: '<input type="radio" name="r" id="one" checked><input type="radio" name="r" id="it" @>',
    modes: EVERY,
    looks: () => document.querySelector("#it").checked,
    act: ({ press }) => press("#one", ARROW_DOWN),
  },

  "a list of suggestions, in which an option is refused": {
    html: '<input list="list"><datalist id="list"><option value="one"><option value="two" @></datalist>',
    modes: EVERY,
    looks: () => document.querySelectorAll("option")[1].disabled,
    isOneWay: true,
    act: ({ press }) => press("input", "t"),
  },

  "a button by which a program submits a form": {
    html: '<form id="form"><input name="a"><button id="it" @>Go</button></form>',
    modes: REFUSING,
    act: (user) => user.inPage((find) => find("#form").requestSubmit(find("#it"))),
  },

  "a form that a program submits": {
    html: '<form id="it" @><input name="a"></form>',
    modes: REFUSING,
    act: (user) => user.inPage((find) => find("#it").requestSubmit()),
  },

  "an image that is the submit button of a form": {
    html: '<form><input id="field" name="a"><input type="image" alt="go" src="/blank.svg" width="20" height="20" id="it" @></form>',
    modes: EVERY,
    act: ({ press }) => press("#field", ENTER),
  },

  "a form with one field, whose button is taken out": {
    html: '<form><input id="field" name="a"><p><button id="it" @>Go</button></p></form>',
    modes: ["remove"],
    act: ({ press }) => press("#field", ENTER),
  },

  "a form with one field, whose button outside of it is taken out": {
    html: '<form id="form"><input id="field" name="a"></form><p><button id="it" form="form" @>Go</button></p>',
    modes: ["remove"],
    act: ({ press }) => press("#field", ENTER),
  },

  "a form from which the button of another form is taken out": {
    html: '<form><input id="field" name="a"><p><button form="other" @>Go</button></p></form><form id="other"></form>',
    modes: ["remove"],
    isUsed: true,
    act: ({ press }) => press("#field", ENTER),
  },

  "a form whose button is taken out, by a program": {
    html: '<form id="form"><input name="a"><button @>Go</button></form>',
    modes: ["remove"],
    isUsed: true,
    act: (user) => user.inPage((find) => find("#form").requestSubmit()),
  },

  "a field of a region that a button of the same region resets": {
    html: '<form><section @><input id="it" value="a"><button type="reset" id="anew">x</button></section></form>',
    modes: ["readonly"],
    setup: (find) => (find("#it").value = "b") && undefined,
    async act(user) {
      await user.click("#anew");
      await user.inPage(() => window.frames());
    },
  },

  "a field of a form that is read only, which its button resets": {
    html: '<form @><input id="it" value="a"><button type="reset" id="anew">x</button></form>',
    modes: ["readonly"],
    setup: (find) => (find("#it").value = "b") && undefined,
    act: ({ click }) => click("#anew"),
  },

  ...Object.fromEntries([
    ["beside a refused one that is not chosen", BOTH, '<input type="radio" name="r" @><input type="radio" name="r" id="it">'],
    ["beside a refused one, both without a name", BOTH, '<input type="radio" checked @><input type="radio" id="it">'],
    ["of another group than a refused one that is chosen", BOTH, '<input type="radio" name="r" checked @><input type="radio" name="s" id="it">'],
    ["beside a chosen one that is inert", ["inert"], '<input type="radio" name="r" checked @><input type="radio" name="r" id="it">'],
  ].map(([where, modes, html]) => [`a radio button ${where}`, { html, modes, isUsed: true, looks: () => document.querySelector("#it").checked, act: ({ click }) => click("#it") }])),

  "a link that lies below a disabled widget": {
    html: '<div id="card"><a id="below" href="#used">Card</a><span id="it" @ role="button" tabindex="0">x</span></div>',
    modes: ["disable"],
    setup(find) {
      Object.assign(find("#card").style, { position: "relative", width: "200px", height: "60px" });
      Object.assign(find("#below").style, { position: "absolute", inset: "0" });
      Object.assign(find("#it").style, { position: "relative", zIndex: "2", display: "inline-block", width: "80px", height: "30px" });
      find("#it").addEventListener("click", () => window.acts.push("click"));
    },
    // The check restores the attributes of the widget.
    looks: () => [location.hash, window.acts.join(), ...["inert", "data-permission-applied"].map((name) => document.querySelector("#it").getAttribute(name))],
    act: ({ click }) => click("#it"),
  },

  "a widget that is disabled, below a link that lies on it": {
    html: '<div id="card"><span @ role="button" tabindex="0" id="below">x</span><a id="it" href="#used">Card</a></div>',
    modes: ["disable"],
    setup(find) {
      Object.assign(find("#card").style, { position: "relative", width: "200px", height: "60px" });
      Object.assign(find("#it").style, { position: "absolute", inset: "0", zIndex: "2" });
    },
    isUsed: true,
    looks: hash,
    act: ({ click }) => click("#below"),
  },

  ...Object.fromEntries(
    Object.entries({
      // By place: what stands in the document, and in the shadow root of `#host`.
      "in a shadow root whose host is granted": ['<section id="around"><div id="host"></div></section>', WIDGET],
      "in an element of a shadow root": ['<section id="around"><div id="host"></div></section>', `<p><b>${WIDGET}</b></p>`],
      "in a shadow root in a link": ['<a href="#used" id="around"><span id="host"></span></a>', `<b>${WIDGET}</b>`],
      "in a slot of a link of a shadow root": [`<section id="around"><div id="host">${WIDGET}</div></section>`, '<a href="#used"><slot></slot></a>'],
      "in a shadow root in a slot": ['<section id="around"><div id="outer"><div id="host"></div></div></section>', WIDGET],
    }).map(([where, [html, shadow]]) => [
      `an element around a widget that is disabled ${where}`,
      { html, modes: BOTH, setup: shadowed(shadow), looks: () => [location.hash, window.acts.join()], act: ({ click }) => click("#it") },
    ]),
  ),

  ...Object.fromEntries(
    [false, true].map((isUsed) => [
      isUsed ? "a link that lies on a disabled widget of a shadow root" : "a link that lies below a disabled widget of a shadow root",
      {
        html: '<section id="around"><a id="below" href="#used">Card</a><div id="host"></div></section>',
        modes: ["disable"],
        setup: `(find, mode) => {
          (${shadowed(WIDGET)})(find, mode);
          Object.assign(find("#around").style, { position: "relative", width: "200px", height: "60px" });
          Object.assign(find("#below").style, { position: "absolute", inset: "0", zIndex: ${isUsed ? 2 : 0} });
          Object.assign(find("#host").style, { position: "relative", zIndex: 1, width: "80px", height: "30px" });
        }`,
        isUsed,
        looks: () => [location.hash, window.acts.join()],
        act: ({ click }) => click("#it"),
      },
    ]),
  ),

  "a link of a shadow root that lies below a disabled widget of the document": {
    html: '<section id="card"><div id="host"></div><span id="it" @ role="button" tabindex="0">x</span></section>',
    modes: ["disable"],
    setup(find) {
      find("#host").attachShadow({ mode: "open" }).innerHTML = window.trusted('<a id="below" href="#used">Card</a>');
      Object.assign(find("#card").style, { position: "relative", width: "200px", height: "60px" });
      Object.assign(find("#below").style, { position: "absolute", inset: "0" });
      Object.assign(find("#it").style, { position: "relative", zIndex: "2", display: "inline-block", width: "80px", height: "30px" });
      find("#it").addEventListener("click", () => window.acts.push("click"));
    },
    looks: () => [location.hash, window.acts.join()],
    act: ({ click }) => click("#it"),
  },

  "an element around a widget that is not granted": {
    html: '<section id="around"><span id="it" @ role="button" tabindex="0">xxx</span></section>',
    modes: ["disable", "readonly"],
    setup: hears(["pointerdown", "mousedown", "click"], "#around"),
    act: ({ click }) => click("#it"),
  },

  "a read-only region around a button that is not granted": {
    html: '<section id="around" data-permission="a:use" data-permission-mode="readonly"><span id="it" @ role="button" tabindex="0">xxx</span></section>',
    modes: ["disable", "readonly"],
    setup: hears(["pointerdown", "mousedown", "click"], "#around"),
    act: ({ click }) => click("#it"),
  },

  "an element around a widget that is not granted, on which the wheel is turned": {
    html: '<section id="around"><span id="it" @ role="button" tabindex="0">xxx</span></section>',
    modes: ["disable"],
    only: ["chromium"],
    isUsed: true,
    setup: hears(["wheel"], "#around"),
    act: ({ wheel }) => wheel("#it"),
  },

  "an element around a part that is inert": {
    html: '<section id="around"><span id="it" @>xxx</span></section>',
    modes: ["inert"],
    isUsed: true,
    setup: hears(["click"], "#around"),
    act: ({ click }) => click("#it"),
  },

  "a link in SVG": {
    html: '<svg width="100" height="40"><a id="it" @ href="#used"><rect id="in" width="100" height="40"/></a></svg>',
    modes: EVERY,
    looks: hash,
    async act({ click, press }) {
      await click("#in");
      await press("#it", ENTER);
    },
  },

  "a link in SVG that is drawn a second time": {
    html: '<svg width="100" height="40"><defs><a id="it" @ href="#used"><rect width="100" height="40"/></a></defs><use href="#it"/></svg>',
    modes: ["inert", "disable"],
    looks: hash,
    act: ({ click }) => click("svg"),
  },

  "a link of a region that SVG draws elsewhere": {
    html: '<svg width="100" height="40"><use href="#drawn"/></svg><svg @ width="10" height="10"><defs><g id="drawn"><a href="#used"><rect width="100" height="40"/></a></g></defs></svg>',
    modes: ["disable"],
    looks: hash,
    act: ({ click }) => click("svg"),
  },

  "a link in SVG that is drawn by another drawing": {
    html: '<svg width="100" height="40"><defs><a id="it" @ href="#used"><rect width="100" height="40"/></a><g id="drawn"><use href="#it"/></g></defs><use href="#drawn"/></svg>',
    modes: ["inert", "disable"],
    looks: hash,
    act: ({ click }) => click("svg"),
  },

  "a link in SVG that is drawn by the address of the page": {
    html: '<svg width="100" height="40"><defs><a id="it" @ href="#used"><rect width="100" height="40"/></a></defs><use id="draws"/></svg>',
    modes: ["inert", "disable"],
    setup: (find) => find("#draws").setAttribute("href", `${location.pathname}#it`),
    looks: hash,
    act: ({ click }) => click("svg"),
  },

  "a button whose picture is drawn from a drawing that is refused": {
    html: '<svg @ width="0" height="0"><g id="drawn"><rect width="100" height="40"/></g></svg><button id="it"><svg width="100" height="40"><use href="#drawn"/></svg></button>',
    modes: REFUSING,
    isUsed: true,
    setup: hears(["click"], "#it"),
    act: ({ click }) => click("#it"),
  },

  "a link in MathML": {
    html: '<math><mrow id="it" @ href="#used"><mi>xxxx</mi></mrow></math>',
    modes: ["readonly"],
    only: ["firefox", "webkit"],
    looks: hash,
    act: ({ click }) => click("#it"),
  },

  "an option that has an access key": {
    html: '<select id="list"><option>x<option selected>y<option accesskey="q" id="it" @>z</select>',
    modes: ["hide", "readonly"],
    only: ["chromium"],
    looks: () => document.querySelector("#list").value,
    act: ({ press }) => press("", [ALT, "q"]),
  },

  "a widget in SVG": clickedThenPressed(
    '<svg width="100" height="40"><g id="it" @ role="button" tabindex="0"><rect width="100" height="40"/></g></svg>',
    EVERY,
    ["click", "keydown", "pointerdown"],
    ENTER,
  ),

  "an area of a map that two images use": {
    html: '<img id="one" usemap="#m" width="60" height="30" alt="" src="/blank.svg"><img id="two" usemap="#m" width="60" height="30" alt="" src="/blank.svg"><map name="m"><area id="it" @ shape="rect" coords="0,0,60,30" href="#used" alt="use"></map>',
    modes: EVERY,
    looks: hash,
    async act({ click }) {
      await click("#one");
      await click("#two");
    },
  },

  "a link that opens a window by a middle click or with Shift": {
    html: '<a id="it" @ href="#used">Use</a>',
    modes: REFUSING,
    // The granted action is prevented, since an engine would open a window.
    setup(find) {
      for (const type of ["click", "auxclick"]) find("#it").addEventListener(type, (event) => window.acts.push(type) && event.preventDefault());
    },
    async act({ name, press, click }) {
      // WebKitGTK's driver leaves the button pressed for all later moves.
      if (name !== "webkit") await click("#it", Button.MIDDLE);
      await press("#it", [SHIFT, ENTER]);
    },
  },

  "a menu of the page's own on the right button": {
    html: '<section id="it" @>text</section>',
    modes: ["disable"],
    // WebKitGTK's driver leaves the browser's own menu open, and the button pressed.
    only: ["chromium", "firefox"],
    setup: hears(["contextmenu"], "#it"),
    act: ({ click }) => click("#it", Button.RIGHT),
  },

  "a wheel that a script turns": {
    html: '<div id="it" @>x</div>',
    modes: ["disable"],
    only: ["chromium"],
    setup: hears(["wheel"], "#it"),
    act: ({ wheel }) => wheel("#it"),
  },

  "a drawing that is made by moves with a pressed button": {
    html: '<canvas id="it" @ width="100" height="50"></canvas>',
    modes: ["disable"],
    setup: hears(["pointermove", "mousemove", "touchmove"], "#it"),
    async act({ driver, middle, touch }) {
      const { x, y } = await middle("#it");
      await driver.actions().move({ x, y }).press(Button.LEFT).move({ x: x + 10, y }).release(Button.LEFT).perform();
      await touch("#it");
    },
  },

  "a button that is revoked while a key presses it": {
    html: '<button id="it" @>Go</button>',
    modes: EVERY,
    setup: hears(["click"], "#it"),
    async first({ driver, inPage }) {
      await inPage((find) => find("#it").focus());
      await driver.actions().keyDown(SPACE).perform();
    },
    async act({ driver, press }) {
      await driver.actions().keyUp(SPACE).perform();
      await press("#it", SPACE);
    },
  },

  "a popover that a button shows by an action": {
    html: '<button id="shows" popovertarget="it" popovertargetaction="show">1</button><div id="it" popover="manual" @>popover</div>',
    modes: REFUSING,
    looks: isOpen,
    act: ({ press }) => press("#shows", ENTER),
  },

  "a popover that is read only and shown by a command": {
    html: '<button id="shows" commandfor="it" command="toggle-popover">1</button><div id="it" popover="manual" @>popover</div>',
    modes: ["readonly"],
    only: ["chromium", "firefox"],
    isUsed: true,
    looks: isOpen,
    act: ({ click }) => click("#shows"),
  },

  "a dialog that is read only and closed by a command": {
    html: '<dialog id="it" @><button id="closes" commandfor="it" command="close">1</button></dialog>',
    modes: ["readonly"],
    only: ["chromium", "firefox"],
    isUsed: true,
    setup: (find) => find("#it").showModal(),
    looks: () => document.querySelector("#it").open,
    act: ({ click }) => click("#closes"),
  },

  "an element to which a script dispatches an `interest` event": {
    html: '<div id="it" @>x</div>',
    modes: REFUSING,
    setup: hears(["interest"], "#it"),
    act: (user) => user.inPage((find) => find("#it").dispatchEvent(new Event("interest", { cancelable: true, composed: true }))),
  },

  ...Object.fromEntries(["--grow", "--close-account", "--popover"].map((command) => [`an element that is given the page's own command \`${command}\``, {
    html: `<button id="gives" commandfor="it" command="${command}">1</button><div id="it" @>x</div>`,
    modes: EVERY,
    only: ["chromium"],
    setup: commanded,
    act: ({ click }) => click("#gives"),
  }])),

  ...Object.fromEntries(["geolocation", "permission", "usermedia", "install", "login"].flatMap((name) => {
    const asking = (html, modes, isUsed) => ({ html, modes, isUsed, setup: `(find) => (Object.assign(find("#it").style, { display: "inline-block", width: "90px", height: "30px" }), (${hears(["click"], "#it")})(find))`, act: ({ click }) => click("#it") });
    const element = `<${name} id="it" type="geolocation">x</${name}>`;
    return [
      [`a \`<${name}>\``, asking(element.replace("id", "@ id"), ["disable", "readonly"])],
      [`a \`<${name}>\` in a region`, asking(`<section @>${element}</section>`, ["disable"])],
      [`a \`<${name}>\` in a region that is read only`, asking(`<section @>${element}</section>`, ["readonly"], true)],
    ];
  })),
};

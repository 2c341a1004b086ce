/** Cases near F58: fields, widgets, editors and edited texts, with the actions of a user that change their values. See `neighbour-acts.mjs`. */

import { fileURLToPath } from "node:url";
import { Button, Key } from "selenium-webdriver";
import { BOTH, EVERY, clickedThenPressed, hears, textOf } from "./neighbour-acts.mjs";

const { ARROW_DOWN, ARROW_RIGHT, ARROW_UP, BACK_SPACE, CONTROL, DELETE, END, ENTER, ESCAPE, F2, SHIFT, SPACE } = Key;

/** The types of fields in a region, with a value for each. */
const TYPES = { "datetime-local": "2024-05-05T10:30", password: "abc" };

const ROLES = ["slider", "switch", "listbox", "searchbox"];

const POINTED = ["click", "keydown", "keyup", "pointerdown", "pointermove", "mousedown", "mousemove", "mouseup", "touchstart", "touchmove", "wheel", "contextmenu"];

/** In the page: the files that are chosen, and the events that the page has heard. */
const filesOf = () => [...document.querySelectorAll("#it")].map(({ files }) => [...files].map(({ name }) => name)).concat(window.acts);
const FILES = ["neighbour-values.mjs", "neighbour-acts.mjs"].map((name) => fileURLToPath(new URL(name, import.meta.url)));

const chosen = (html, isOpened) => ({
  html,
  modes: EVERY,
  only: ["chromium"],
  setup(find) {
    for (const type of ["input", "change"]) find("#it").addEventListener(type, () => window.acts.push(type));
    // A headless engine has no window for files.
    find("#it").addEventListener("click", (event) => event.preventDefault());
  },
  looks: filesOf,
  async first({ choose, click, inPage }) {
    if (!isOpened) return;
    await choose("#it", FILES[0]);
    await inPage(() => window.acts.splice(0) && undefined);
    await click("#it");
  },
  act: ({ choose }) => choose("#it", FILES[1]),
});

const PARTS = '<div contenteditable id="around"><p id="before">before</p><p id="it" @>clause</p><p id="after">after</p></div>';

/** Parts of an edited text that engines delete as a whole by one key beside them. */
const DELETED = {
  image: '<img id="it" @ src="/blank.svg" alt="x" width="10" height="10">',
  rule: '<hr id="it" @>',
  field: '<input id="it" @ value="x">',
  button: '<button id="it" @>x</button>',
  frame: '<iframe id="it" @ width="20" height="20"></iframe>',
  video: '<video id="it" @ width="20" height="20"></video>',
  // Firefox deletes none.
  drawing: ['<svg id="it" @ width="20" height="20"></svg>', ["chromium", "webkit"]],
  meter: '<meter id="it" @ value="0.5"></meter>',
  list: '<select id="it" @><option>x</select>',
  "formula in an element of its own": '<i><math id="it" @><mi>x</mi></math></i>',
};

const deleted = ([what, given]) => [
  `a part of an edited text, a ${what}, that keys beside it delete`,
  {
    html: `<div contenteditable><b id="before">a</b>${[given].flat()[0]}<b id="after">b</b></div>`,
    modes: BOTH,
    only: Array.isArray(given) ? given[1] : undefined,
    looks: () => document.querySelectorAll("#it").length,
    async act({ press, inPage }) {
      for (const [id, key] of [["after", BACK_SPACE], ["before", DELETE], ["after", [CONTROL, BACK_SPACE]], ["before", [CONTROL, DELETE]]]) {
        await inPage((find, id) => {
          if (!find("#it")) return;
          find("[contenteditable]").focus();
          getSelection().collapse(find(`#${id}`).firstChild, id === "after" ? 0 : 1);
        }, id);
        await press("", key);
      }
    },
  },
];

/** An edited text that a key changes, at a caret in an element. */
const keyed = (html, id, offset, key, modes = BOTH) => ({
  html,
  modes,
  isUsed: true,
  looks: () => document.querySelector("[contenteditable]").textContent,
  async act({ press, inPage }) {
    await inPage((find, id, offset) => find("[contenteditable]").focus() ?? getSelection().collapse(find(`#${id}`).firstChild, offset), id, offset);
    await press("", key);
  },
});

/** Fields that are granted, near a text that is refused. */
const writable = (html) => ({
  html,
  modes: BOTH,
  isUsed: true,
  looks: () => ["it", "area"].every((id) => document.getElementById(id).value.includes("x")),
  async act({ press }) {
    await press("#it", "x");
    await press("#area", "x");
  },
});

const typed = ([type, value]) => [
  `a field of type \`${type}\` in a region`,
  {
    html: `<section @><input id="it" type="${type}" value="${value}"></section>`,
    modes: BOTH,
    async act({ press, click }) {
      await click("#it");
      await press("#it", "1", ARROW_UP, [CONTROL, ARROW_UP], DELETE, BACK_SPACE, [CONTROL, "a"], [CONTROL, "x"], SPACE, ESCAPE);
    },
  },
];

const widget = (role) => [
  `a widget of role \`${role}\` in a region`,
  {
    html: `<div @><div id="it" role="${role}" tabindex="0" aria-label="x" aria-valuenow="1" aria-checked="false"><i id="in">inner</i></div></div>`,
    modes: BOTH,
    setup: hears(POINTED, "#it"),
    async act({ name, press, click, drag, wheel, touch }) {
      await click("#in");
      await press("#it", ARROW_RIGHT, SPACE);
      if (role !== "slider") return;
      await drag("#in", "#it");
      // WebKitGTK's driver releases another button than it pressed.
      if (name !== "webkit") await click("#in", Button.RIGHT);
      await press("#it", ENTER, "x", [CONTROL, ARROW_UP]);
      await wheel("#in");
      await touch("#in");
    },
  },
];

export const VALUES = {
  ...Object.fromEntries(Object.entries(TYPES).map(typed)),
  ...Object.fromEntries(ROLES.map(widget)),

  "a colour that is opened by keys": {
    html: '<input id="it" @ type="color" value="#112233">',
    modes: BOTH,
    // The granted action is prevented, since an engine would open a window.
    setup: (find) => find("#it").addEventListener("click", (event) => window.acts.push("click") && event.preventDefault()),
    act: ({ press }) => press("#it", SPACE, ENTER),
  },

  "a file field that something is dropped on or pasted into": {
    html: '<input id="it" @ type="file">',
    modes: BOTH,
    only: ["chromium"],
    setup: hears(["drop", "paste", "dragover"], "#it"),
    async act({ press, drop }) {
      await drop("#it");
      await press("#it", [CONTROL, "v"]);
    },
  },

  "a file that is chosen in a window that was opened before": chosen('<input id="it" @ type="file">', true),
  "a file of a field in a region that is chosen in a window that was opened before": chosen('<section @><input id="it" type="file"></section>', true),
  "a file that is chosen in a window that a script has opened": chosen('<input id="it" @ type="file">', false),

  "a list of suggestions that is refused as a whole": {
    html: '<input list="list"><datalist id="list" @><option value="one"></datalist>',
    modes: BOTH,
    looks: () => document.querySelector("option").disabled,
    isOneWay: true,
    act: ({ press }) => press("input", "o"),
  },

  "a list with groups": {
    html: '<select id="it" @ multiple size="5"><optgroup label="a"><option>x<option>y</optgroup><option selected>z</select>',
    modes: BOTH,
    async act({ press, click, drag, touch }) {
      await click("#it option");
      await drag("#it option", "#it > option");
      await touch("#it option", 0);
      await press("#it", ARROW_UP, [SHIFT, ARROW_UP], [CONTROL, SPACE], END, "x");
    },
  },

  "a list with an appearance of the page's own": {
    html: '<select id="it" @><button><selectedcontent></selectedcontent></button><option>x<option selected>y<option>z</select>',
    modes: BOTH,
    only: ["chromium"],
    setup: (find) => Object.assign(find("#it").style, { appearance: "base-select" }),
    async act({ press, click }) {
      await click("#it");
      await press("#it", ARROW_DOWN, ENTER);
    },
  },

  "a list whose group of options is refused": {
    html: '<select id="it"><option>x<optgroup label="g" @><option>y<option>z</optgroup></select>',
    modes: EVERY,
    act: ({ press }) => press("#it", ARROW_DOWN, "y", "z", END),
  },

  "a range and a list that fingers use": {
    html: '<section @><input type="range" id="it" value="20"><select id="list"><option>x<option>y</select></section>',
    modes: BOTH,
    only: ["chromium"],
    async act({ touch }) {
      await touch("#it", 40);
      await touch("#list", 0);
    },
  },

  "a tree item that is checked": clickedThenPressed(
    '<div @><div id="it" role="treeitem" tabindex="0" aria-checked="false">x</div></div>',
    BOTH,
    POINTED,
    SPACE,
  ),

  "a splitter with a value": clickedThenPressed(
    '<div id="it" @ role="Separator" tabindex="0" aria-label="x" aria-valuenow="5">x</div>',
    BOTH,
    POINTED,
    ARROW_RIGHT,
  ),

  "a slider whose first role is unknown to engines": clickedThenPressed(
    '<div @><div id="it" role="x-slider Slider" tabindex="0" aria-label="x" aria-valuenow="1">x</div></div>',
    ["readonly"],
    POINTED,
    ARROW_RIGHT,
  ),

  "an element that is dragged, with its attribute in capitals": {
    html: '<section @><div id="it" draggable="TRUE">dragged</div></section><p id="to">to</p>',
    modes: ["readonly"],
    // WebKitGTK's driver begins no drag.
    only: ["chromium", "firefox"],
    setup: hears(["dragstart"], "#it"),
    act: ({ drag }) => drag("#it", "#to"),
  },

  "a canvas that is read-only itself": {
    html: '<canvas id="it" @ width="100" height="50"></canvas>',
    modes: ["readonly"],
    setup: hears(POINTED, "#it"),
    async act({ click, drag }) {
      await click("#it");
      await drag("#it", "body");
    },
  },

  "moves of a pointer that an engine has not yet joined": {
    html: '<canvas id="it" @ width="100" height="50"></canvas>',
    modes: ["disable"],
    only: ["chromium", "firefox"],
    setup: (find) => find("#it").addEventListener("pointerrawupdate", ({ buttons }) => buttons && window.acts.push("moved")),
    async act({ driver, middle }) {
      const { x, y } = await middle("#it");
      await driver.actions().move({ x, y }).press(Button.LEFT).move({ x: x + 10, y }).release(Button.LEFT).perform();
    },
  },

  "a text that is editable by its style": {
    html: '<section @><div id="it">abc</div></section>',
    modes: BOTH,
    only: ["chromium"],
    setup: (find) => (find("#it").style.webkitUserModify = "read-write") && undefined,
    looks: textOf,
    async act({ click, press, compose, drop, inPage }) {
      await click("#it");
      await inPage((find) => getSelection().collapse(find("#it").firstChild, 1));
      await press("", "x", BACK_SPACE, BACK_SPACE);
      await compose();
      await drop("#it");
    },
  },

  "a grid whose cells are edited by keys and double clicks": {
    html: '<div id="it" @ role="grid" tabindex="0" aria-label="x"><div role="row"><span role="gridcell" id="cell">1</span></div></div>',
    modes: BOTH,
    setup: hears(["dblclick", "paste", "keydown"], "#it"),
    async act({ press, doubleClick }) {
      await doubleClick("#cell");
      await press("#it", "x", ENTER, F2, DELETE, BACK_SPACE, SPACE, [CONTROL, "v"]);
    },
  },

  "a grid in which keys of an input method and of the clipboard are pressed": {
    html: '<div id="it" @ role="grid" tabindex="0" aria-label="x"></div>',
    modes: BOTH,
    only: ["chromium"],
    setup: hears(["keydown"], "#it"),
    async act({ press, pressNamed }) {
      await press("#it");
      await pressNamed("Process", "Dead", "Unidentified", "Insert", "Cut", "Paste", "Undo", "Clear");
    },
  },

  "an editor with a text area of its own": {
    html: '<section @><textarea id="it">abc</textarea></section>',
    modes: BOTH,
    setup: hears(["keydown", "keypress", "paste", "cut", "drop"], "#it"),
    async act({ press, drop }) {
      await press("#it", BACK_SPACE, DELETE, "x", ENTER, [CONTROL, "z"], [CONTROL, "v"], [CONTROL, "x"], [CONTROL, "d"], [CONTROL, ARROW_UP]);
      await drop("#it");
    },
  },

  "a field with tags, the last of which a script takes away": {
    html: '<section @><input id="it" value=""></section>',
    modes: BOTH,
    setup: hears(["keydown"], "#it"),
    act: ({ press }) => press("#it", BACK_SPACE, ","),
  },

  "a custom element that takes part in forms and has an open shadow root": {
    html: '<x-formed id="it" @ tabindex="0"></x-formed>',
    modes: BOTH,
    setup: hears(["pointerdown", "keydown", "click"], "#it"),
    async act({ press, click }) {
      await click("#it");
      await press("#it", ARROW_RIGHT, "x");
    },
  },

  "an `EditContext`": {
    html: '<canvas id="it" @ width="50" height="50"></canvas>',
    modes: BOTH,
    only: ["chromium"],
    setup(find) {
      const context = new EditContext();
      context.addEventListener("textupdate", () => window.acts.push("textupdate"));
      find("#it").editContext = context;
    },
    async act({ press, compose }) {
      await press("#it", "x");
      await compose();
    },
  },

  "an `EditContext` that has the focus when it is revoked": {
    html: '<canvas id="it" @ width="50" height="50"></canvas>',
    modes: BOTH,
    only: ["chromium"],
    setup(find) {
      const context = new EditContext();
      context.addEventListener("textupdate", () => window.acts.push("textupdate"));
      find("#it").editContext = context;
    },
    first: ({ press }) => press("#it"),
    async act({ press, compose, inPage }) {
      if (await inPage((find) => find("#it").dataset.permissionState === "granted")) await press("#it");
      await press("", "x");
      await compose();
    },
  },

  "an `EditContext` that is moved with the focus": {
    html: '<div><canvas id="it" width="50" height="50" tabindex="0"></canvas></div><section id="to" @></section>',
    modes: ["readonly"],
    only: ["chromium"],
    setup(find) {
      const context = new EditContext();
      context.addEventListener("textupdate", () => window.acts.push("textupdate"));
      find("#it").editContext = context;
    },
    async act({ press, compose, inPage }) {
      await inPage((find) => find("#it").focus() ?? find("#to").moveBefore(find("#it"), null));
      await inPage(() => window.frames());
      await press("", "x");
      await compose();
    },
  },

  "a part of an edited text, selected with what is around it while an input method writes": {
    html: PARTS,
    modes: BOTH,
    only: ["chromium"],
    looks: textOf,
    async act({ select, compose }) {
      await select("#before", "#after");
      await compose();
    },
  },

  "a part of an edited text that a text is dropped into": {
    html: PARTS,
    modes: BOTH,
    only: ["chromium"],
    looks: textOf,
    act: ({ drop }) => drop("#it"),
  },

  "a part of an edited text in which was written before": {
    html: PARTS,
    modes: BOTH,
    looks: textOf,
    async first({ select, press }) {
      await select("#it");
      await press("", "x", "y");
    },
    async act({ select, press }) {
      await select("#after");
      await press("", "z", [CONTROL, SHIFT, "z"], [CONTROL, "z"], [CONTROL, "z"], [CONTROL, "z"]);
      await select("#it");
      await press("", "w");
    },
  },

  "an editing host in a part that is not edited, in an edited text": {
    html: '<div contenteditable><p>before</p><section @ contenteditable="false"><p contenteditable="plaintext-only" id="it">abc</p></section></div>',
    modes: BOTH,
    looks: textOf,
    async act({ select, press, compose, drop }) {
      await select("#it");
      await press("", "x", BACK_SPACE, "y");
      await compose();
      await drop("#it");
    },
  },

  "an edited text in a shadow root in a region": {
    html: '<section @><div id="host"></div></section>',
    modes: BOTH,
    looks: textOf,
    setup: (find) => (find("#host").attachShadow({ mode: "open" }).innerHTML = window.trusted('<div id="it" contenteditable>abc</div>')) && undefined,
    async act({ press, compose }) {
      await press("#it", "x");
      await compose();
    },
  },

  "a region of a document that is edited as a whole": {
    html: '<section @><p id="it">abc</p></section><p>free</p>',
    modes: BOTH,
    looks: textOf,
    setup: () => (document.designMode = "on") && undefined,
    async act({ press, inPage }) {
      for (const key of ["x", BACK_SPACE, "y"]) {
        await inPage((find) => document.body.focus() ?? getSelection().collapse(find("#it").firstChild, 1));
        await press("", key);
      }
    },
  },

  ...Object.fromEntries(Object.entries(DELETED).map(deleted)),

  ...Object.fromEntries([["before", BACK_SPACE, 1], ["after", DELETE, 0]].map(([id, key, offset]) => [
    `a letter between two refused parts of a text, deleted from ${id} a part`,
    keyed(`<div contenteditable><b @>x</b><i id="${id}">y</i><b data-permission="a:use" data-permission-mode="disable">z</b></div>`, id, offset, key),
  ])),

  "a part of an edited text, deleted with a selection that ends in an element which is editable itself": {
    html: '<div contenteditable>a<b id="it" @>x</b><i contenteditable="true" id="after">b</i></div>',
    modes: BOTH,
    only: ["chromium"],
    looks: () => document.querySelectorAll("#it").length,
    async act({ press, inPage }) {
      await inPage((find) => find("[contenteditable]").focus() ?? getSelection().setBaseAndExtent(find("[contenteditable]").firstChild, 1, find("#after").firstChild, 1));
      await press("", BACK_SPACE);
    },
  },

  "a text beside a refused part, in which is written": keyed('<div contenteditable><b @>x</b><i id="after">y</i></div>', "after", 0, "q"),
  "a part of an edited text that has a mode of the page's own": keyed('<div contenteditable><b id="it" @>x</b><i>b</i></div>', "it", 1, BACK_SPACE, ["own"]),

  "an element of a region that the page itself does not let be edited": {
    html: '<section @><div id="it" contenteditable="false" tabindex="0">x</div></section>',
    modes: ["readonly"],
    isUsed: true,
    setup: hears(["keydown"], "#it"),
    act: ({ press }) => press("#it", "x"),
  },

  "an `EditContext` beside an edited text that is refused": {
    html: '<div contenteditable @>abc</div><canvas id="it" width="50" height="50"></canvas>',
    modes: BOTH,
    only: ["chromium"],
    isUsed: true,
    setup(find) {
      const context = new EditContext();
      context.addEventListener("textupdate", () => window.acts.push("textupdate"));
      find("#it").editContext = context;
    },
    act: ({ press }) => press("#it", "x"),
  },
  "a field beside an edited text that is refused": writable('<div contenteditable @>abc</div><input id="it"><textarea id="area"></textarea>'),
  "a field in an edited text with a refused part": writable('<div contenteditable><p @>abc</p><input id="it"><textarea id="area"></textarea></div>'),

  "a frame whose document is edited": {
    html: '<iframe id="it" @ width="100" height="50"></iframe>',
    modes: ["inert", "disable", "readonly"],
    setup(find) {
      const { contentDocument } = find("#it");
      contentDocument.designMode = "on";
      contentDocument.documentElement.addEventListener("click", () => window.acts.push("clicked"));
    },
    looks: () => [window.acts.join(), document.querySelector("iframe").contentDocument.body.textContent],
    async act({ click, press }) {
      await click("#it");
      await press("", "x");
    },
  },
};

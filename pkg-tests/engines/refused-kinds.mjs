/** Kinds of elements and actions of a user on them, for the tests of refused elements and the table in the guide. */

import { Key } from "selenium-webdriver";

/** Stands for the attributes of the tagged element in markup. */
export const TAG = "@";

/**
 * By kind: markup with `@` in the tagged element; the element to use has the id `it`, and the markup of
 * a shadow root is `shadow`.
 */
export const KINDS = {
  "`<input>` text": '<input id="it" @ value="abc">',
  "`<input type=search>`": '<input id="it" @ type="search" value="abc">',
  "`<input type=number>`": '<input id="it" @ type="number" value="5">',
  "`<input type=date>`": '<input id="it" @ type="date" value="2024-05-05">',
  "`<input type=range>`": '<input id="it" @ type="range" value="20">',
  "`<input type=color>`": '<input id="it" @ type="color" value="#112233">',
  "`<input type=file>`": '<input id="it" @ type="file">',
  "`<input type=checkbox>`": '<label for="it" id="label">label</label><input id="it" @ type="checkbox">',
  "`<input type=radio>`": '<label for="it" id="label">label</label><input id="it" @ type="radio" name="r"><input type="radio" name="r" checked>',
  "`<textarea>`": '<textarea id="it" @>abc</textarea>',
  "`<select>`": '<select id="it" @><option>x<option selected>y<option>z</select>',
  "`<select multiple>`": '<select id="it" @ multiple size="3"><option>x<option selected>y<option>z</select>',
  "`<option>`": '<select id="it"><option>x<option @>y<option @>z</select>',
  "`<optgroup>`": '<select id="it"><option>x<optgroup label="g" @><option>y<option>z</optgroup></select>',
  "`<button>`": '<form id="form"><input id="field"><button id="it" @>Use</button></form>',
  "`<a href>`": '<a id="it" @ href="#used">Use</a>',
  "`<area>`":
    '<img usemap="#map" width="60" height="30" alt="" src="/blank.svg">' +
    '<map name="map"><area id="it" @ shape="rect" coords="0,0,60,30" href="#used" alt="use"></map>',
  "`<summary>`": '<details><summary id="it" @>Use</summary>More</details>',
  "`contenteditable`": '<div id="it" @ contenteditable>abc</div>',
  "`contenteditable=plaintext-only`": '<div id="it" @ contenteditable="PlainText-Only">abc</div>',
  "part of an edited text": '<div contenteditable id="host"><p>before</p><p id="it" @>abc</p><p>after</p></div>',
  "`role=slider`": '<div id="it" @ role="slider" tabindex="0" aria-label="slider" aria-valuenow="1">slider</div>',
  "`role=checkbox`": '<div id="it" @ role="checkbox" tabindex="0" aria-checked="false">box</div>',
  "`role=textbox`": '<div id="it" @ role="textbox" tabindex="0" contenteditable="true" aria-label="text">abc</div>',
  "`role=combobox`": '<div id="it" @ role="combobox" tabindex="0" aria-label="box" aria-expanded="false">box</div>',
  "`role=listbox`": '<div id="it" @ role="listbox" tabindex="0" aria-label="list"><div role="option" aria-selected="false">x</div></div>',
  "`role=menuitem`": '<div id="it" @ role="menuitem" tabindex="0">Use</div>',
  "`role=button`": '<div id="it" @ role="button" tabindex="0">Use</div>',
  "`<iframe>`": '<iframe id="it" @ width="100" height="50"></iframe>',
  "`<video controls>`": '<video id="it" @ controls loop width="300" height="100" src="/tone.wav"></video>',
  "`<audio controls>` in a region": '<section @><audio id="it" controls loop src="/tone.wav"></audio></section>',
  "`<geolocation>`": '<geolocation id="it" @>Use</geolocation>',
  "`<geolocation>` in a region": '<section @><geolocation id="it">Use</geolocation></section>',
  "`<permission>`": '<permission id="it" @ type="geolocation">Use</permission>',
  "`<usermedia>`": '<usermedia id="it" @ type="camera">Use</usermedia>',
  "custom element": '<x-used id="it" @ tabindex="0">Use</x-used>',
  "field in a region": '<section @><input id="it" value="abc"></section>',
  "list in a region": '<section @><select id="it"><option>x<option selected>y<option>z</select></section>',
  "editor in a region": '<section @><div id="it" contenteditable>abc</div></section>',
  "widget in a region": '<section @><div id="it" role="slider" tabindex="0" aria-label="slider" aria-valuenow="1">slider</div></section>',
  "first legend of a `<fieldset>`": '<fieldset @><legend><input id="it" value="abc"></legend></fieldset>',
};

/** The modes in which a refused element stays visible. */
export const SHOWN = ["disable", "readonly", "inert"];
export const ALL = ["hide", ...SHOWN];

/** The actions of a user on an element, in turn. */
export const KEYS = [
  "x", Key.ARROW_UP, Key.ARROW_RIGHT, Key.SPACE, Key.END, Key.BACK_SPACE, Key.DELETE, Key.ESCAPE,
  [Key.CONTROL, Key.ARROW_UP], [Key.CONTROL, Key.ARROW_RIGHT], [Key.CONTROL, "a"], [Key.CONTROL, "x"], [Key.CONTROL, "v"], [Key.CONTROL, "z"],
];

/** Kinds for which an engine opens a window that a driver cannot close. */
export const OPENS = ["`<input type=color>`", "`<input type=file>`"];

/** Kinds that can be used in some modes: to play a medium, or to answer for a permission, changes no value. */
export const USED = { "`<audio controls>` in a region": ["readonly"], "`<geolocation>` in a region": ["readonly"] };

/** Kinds whose use no event and no value of the page shows. */
export const UNTOLD = ["`<iframe>`"];

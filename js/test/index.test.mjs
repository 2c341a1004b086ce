/** Tests the index from requirements to elements, also against a plain list under random changes. */

import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const SOURCE = join(dirname(fileURLToPath(import.meta.url)), "../../src/dom/index.js");
const [DENIED, GRANTED, UNKNOWN] = [0, 1, 2];
const STATES = 3;
const SEEDS = 200;
const CHANGES = 300;

// Not imported directly: no package.json above the file says that it is a module.
const { outputFiles } = await build({ entryPoints: [SOURCE], bundle: true, format: "esm", write: false });
const { Index } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);

/** An index with the given number of elements for each requirement, added in turns; all of them are unknown. */
function indexOf(...counts) {
  const index = new Index();
  const elements = [];
  for (let round = 0; round < Math.max(...counts); round += 1) {
    for (const [i, count] of counts.entries()) {
      if (round >= count) continue;
      const element = {};
      elements.push(element);
      index.add(element, index.entry(`p:${i}`));
    }
  }
  for (const entry of index.news().unread) entry.state = UNKNOWN;
  return { index, elements };
}

/** The states to be written after decisions flipped, with the numbers of their elements. */
function flipped(index, pairs) {
  return index.flip(pairs).map(({ state, numbers }) => [state, numbers]);
}

test("the index lists the elements whose decisions flip, and those to be hidden first", () => {
  const { index } = indexOf(2, 1, 2);
  assert.deepEqual(flipped(index, [0, GRANTED, 1, DENIED]), [[DENIED, [1]], [GRANTED, [0, 3]]]);
  assert.deepEqual(flipped(index, [0, GRANTED, 2, UNKNOWN]), [[UNKNOWN, [2, 4]], [GRANTED, [0, 3]]]);
  assert.deepEqual([0, 1, 2, 3, 4].map((number) => index.stateOf(number)), [1, 0, 2, 1, 2]);
  assert.deepEqual(flipped(index, []), []);
  assert.deepEqual(flipped(index, [9, GRANTED]), [], "an unused key listed elements");
});

test("a list of elements is outdated as soon as any element has another state", () => {
  const { index } = indexOf(2, 2);
  const changes = [
    () => index.add({}, index.entry("p:0")),
    () => index.move(0, index.entry("p:1")),
    () => index.take(1),
    () => index.flip([1, DENIED]),
    () => index.clear(),
  ];
  for (const change of changes) {
    const [writes] = index.flip([0, GRANTED]);
    assert.equal(writes.changes, index.changes);
    change();
    assert.notEqual(writes.changes, index.changes, `after ${change}`);
  }
});

test("many elements are listed in the order of the page, and few by their requirements", () => {
  const { index } = indexOf(2, 2, 40);
  assert.deepEqual(flipped(index, [1, GRANTED, 0, GRANTED]), [[GRANTED, [1, 4, 0, 3]]]);
  const [[, all]] = flipped(index, [2, GRANTED, 0, GRANTED]);
  assert.deepEqual(all, [...all].sort((a, b) => a - b));
  assert.equal(all.length, 42);
});

test("a requirement is listed as new once, and its key is freed with its last element", () => {
  const index = new Index();
  const element = {};
  const number = index.add(element, index.entry("a"));
  index.add({}, index.entry("a", "of/this"));
  const { unread, freed } = index.news();
  assert.deepEqual(unread.map(({ requirement, resource }) => [requirement, resource]), [["a", undefined], ["a", "of/this"]]);
  assert.deepEqual([freed, index.news()], [[], { unread: [], freed: [] }]);
  const [{ key }] = unread;
  assert.equal(index.take(number), element);
  assert.equal(index.numberOf(element), undefined);
  assert.deepEqual(Object.getOwnPropertySymbols(element), []);
  assert.deepEqual(index.news(), { unread: [], freed: [key] });
  assert.deepEqual([index.at(key), flipped(index, [key, GRANTED])], [undefined, []]);
  index.add({}, index.entry("b"));
  assert.equal(index.news().unread[0].key, key);
});

test("a requirement whose last element is removed and that gets another element before the next call is kept", () => {
  const { index } = indexOf(1);
  index.take(0);
  index.add({}, index.entry("p:0"));
  assert.deepEqual(index.news(), { unread: [], freed: [] });
  assert.equal(index.stateOf(0), UNKNOWN);
});

test("a requirement that is added and removed between two calls is not listed as new", () => {
  const index = new Index();
  index.take(index.add({}, index.entry("a")));
  assert.deepEqual(index.news(), { unread: [], freed: [0] });
  assert.equal(index.size, 0);
});

test("F51 a frozen element is not added, and leaves no entry behind", () => {
  const { index, elements } = indexOf(1);
  assert.equal(index.add(Object.freeze({}), index.entry("other")), undefined);
  assert.equal(index.add(Object.freeze({}), index.entry("p:0")), undefined);
  assert.deepEqual(index.news(), { unread: [], freed: [1] });
  assert.equal(index.size, 1);
  Object.freeze(elements[0]);
  index.take(0);
  assert.equal(index.numberOf(elements[0]), undefined, "the frozen element that was removed still has its number");
  assert.equal(index.add({}, index.entry("p:0")), 0);
  assert.equal(index.numberOf(elements[0]), undefined);
});

test("an element can be in two indexes, and a symbol is used again only when no index uses it", () => {
  const [one, two] = [new Index(), new Index()];
  const shared = {};
  const numbers = [one, two].map((index) => {
    index.add({}, index.entry("first"));
    return index.add(shared, index.entry("a"));
  });
  one.take(numbers[0]);
  assert.equal(two.numberOf(shared), numbers[1]);
  const [name] = Object.getOwnPropertySymbols(shared);
  two.clear();
  two.clear();
  assert.deepEqual(Object.getOwnPropertySymbols(shared), []);
  const three = new Index();
  const four = new Index();
  three.add(shared, three.entry("a"));
  assert.deepEqual(Object.getOwnPropertySymbols(shared), [name]);
  three.take(0);
  for (const index of [one, three, four]) index.add(shared, index.entry("a"));
  assert.equal(Object.getOwnPropertySymbols(shared).length, 3);
});

test("the index agrees with a plain list under random changes", () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = randomFrom(seed);
    const index = new Index();
    /** Each element with the number and the text of its requirement; undefined if it is not in the index. */
    const list = Array.from({ length: 24 }, () => ({ element: {} }));
    const states = new Map();
    for (let change = 0; change < CHANGES; change += 1) {
      const item = list[random(list.length)];
      const text = `p:${random(5)}`;
      if (random(3) === 0 && item.text !== undefined) {
        assert.equal(index.take(item.number), item.element);
        item.text = undefined;
      } else if (item.text === undefined) {
        item.number = index.add(item.element, index.entry(text));
        item.text = text;
      } else {
        assert.equal(index.move(item.number, index.entry(text)), item.text !== text);
        item.text = text;
      }
      if (random(4) > 0) continue;
      const { unread, freed } = index.news();
      for (const [text, { key }] of states) if (freed.includes(key)) states.delete(text);
      for (const entry of unread) {
        entry.state = UNKNOWN;
        states.set(entry.requirement, entry);
      }
      const here = list.filter(({ text }) => text !== undefined);
      assert.deepEqual([...states.keys()].sort(), [...new Set(here.map(({ text }) => text))].sort(), `seed ${seed}`);
      const [other] = [...states.keys()].slice(random(states.size));
      if (other === undefined) continue;
      const state = random(STATES);
      const expected = here.filter(({ text }) => text === other).map(({ number }) => number);
      const written = flipped(index, [states.get(other).key, state]).map(([state, numbers]) => [state, numbers.sort()]);
      assert.deepEqual(written, [[state, expected.sort()]], `seed ${seed}`);
    }
    const here = list.filter(({ text }) => text !== undefined);
    assert.equal(index.size, here.length);
    for (const { element, number, text } of list) {
      assert.equal(index.numberOf(element), text === undefined ? undefined : number, `seed ${seed}`);
      if (text !== undefined) assert.equal(index.entryOf(number).requirement, text, `seed ${seed}`);
    }
    assert.deepEqual(index.rows().map(({ element }) => element).length, here.length);
  }
});

/** Random whole numbers below a bound, the same ones for the same seed (mulberry32). */
function randomFrom(seed) {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % bound;
  };
}

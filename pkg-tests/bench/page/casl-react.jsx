/** The peer: CASL and React, each element in a `<Can>`; bundled for the page by ../dom.mjs. */

/*
 * `flushSync` is React's fastest way to the DOM: the update is rendered at once and without interruption,
 * it is committed, and its effects (here, each `<Can>` subscribing to the ability) have run when
 * the call returns. Without `flushSync`, React renders in a later task, in slices between which the page can
 * react; it would render an update of the ability alone without interruption, too, but in a microtask.
 */

import { createMongoAbility } from "@casl/ability";
import { AbilityProvider, Can } from "@casl/react";
import { memo } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";

/** A list of lines, which is not rendered again when elements are added beside it. `cell` is not a component: that would cost more. */
function linesOf(cell) {
  return memo(({ lines }) => lines.map((cells, index) => <p key={index}>{cells.map(cell)}</p>));
}

/** The ways to render a cell, `{ name, action, subject }`. */
const SHAPES = {
  // As in the beginning of the documentation: elements that are not granted are not in the document. Children that are elements stay
  // the same ones when a `<Can>` is rendered again, and React goes no further; those that a
  // function makes are new each time.
  can: linesOf(({ name, action, subject }, index) => (
    <Can key={index} I={action} a={subject}>
      <b>{name}</b>
    </Can>
  )),
  // The element is always rendered, with the same attribute that permgate writes.
  passThrough: linesOf(({ name, action, subject }, index) => (
    <Can key={index} I={action} a={subject} passThrough>
      {({ isAllowed }) => (
        <b data-permission={name} data-permission-state={isAllowed ? "granted" : "denied"}>
          {name}
        </b>
      )}
    </Can>
  )),
  // React alone, without a question to CASL.
  alone: linesOf(({ name }, index) => <b key={index}>{name}</b>),
};

/** An application of lines of cells under one ability. */
export class CaslReact {
  #Lines;
  #ability;
  #root;
  #lines;

  constructor(shape, rules) {
    this.#Lines = SHAPES[shape];
    this.#ability = createMongoAbility(rules);
  }

  bind(container, lines) {
    this.#root = createRoot(container);
    this.#lines = lines;
    this.#render();
  }

  /** Shows more lines, in a section of their own. */
  add(lines) {
    this.#render(lines);
  }

  takeAway() {
    this.#render();
  }

  /** Replaces the rules by other ones of the same user. */
  update(rules) {
    flushSync(() => this.#ability.update(rules));
  }

  disconnect() {
    flushSync(() => this.#root.unmount());
  }

  #render(more) {
    const Lines = this.#Lines;
    flushSync(() =>
      this.#root.render(
        <AbilityProvider value={this.#ability}>
          <Lines lines={this.#lines} />
          {more && (
            <section>
              <Lines lines={more} />
            </section>
          )}
        </AbilityProvider>,
      ),
    );
  }
}

//! Pages that call the instance during a write, or try to circumvent it.

use std::rc::Rc;

use permgate::Engine;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{
    Acts, Bound, answers, bind, callback, document, engine, granting, html, is_visible, run, show,
    state, turned, until,
};

fn holds(condition: &str) -> bool {
    run(&format!("return Boolean({condition})")).is_truthy()
}

fn offer(name: &str, function: impl Fn() + 'static) {
    js_sys::Reflect::set(&js_sys::global(), &name.into(), &callback(function)).expect("set");
}

/// A custom element that calls `leave` whenever its state is written.
fn define_leaving() {
    run(
        r#"customElements.get("x-leaving") ?? customElements.define("x-leaving", class extends HTMLElement {
        static observedAttributes = ["data-permission-state"];
        attributeChangedCallback() { globalThis.leave?.(); }
    })"#,
    );
}

fn granting_for_now(names: &str, root: &str) -> (Rc<Engine>, Rc<Bound>) {
    let (engine, _) = granting(names);
    let root = run(&format!("return {root}")).unchecked_into();
    let binding = bind(&engine, root);
    (engine, Rc::new(binding))
}

#[wasm_bindgen_test]
fn a_decision_during_a_write_is_the_last_one() {
    for act in ["sign out", "dispose"] {
        show(
            r#"<i data-permission="b" data-permission-mode="acting"></i><b id=y data-permission="a">y</b><b id=z data-permission="a">z</b>"#,
        );
        let (engine, _) = granting("a");
        let inner = Rc::clone(&engine);
        let is_sign_out = act == "sign out";
        offer("acts", move || if is_sign_out { inner.sign_out() } else { inner.dispose() });
        run("globalThis.modes = { acting() { globalThis.acts(); } }");
        let binding = bind(&engine, document());
        assert!(!is_visible("y") && !is_visible("z"), "{act}");
        assert!(state("y") != "granted" && state("z") != "granted", "{act}");
        binding.disconnect();
        run("globalThis.modes = undefined");
    }
}

#[wasm_bindgen_test]
fn a_decision_while_one_list_of_elements_is_written_is_the_last_one() {
    define_leaving();
    for is_sign_out in [true, false] {
        show(r#"<x-leaving data-permission="a"></x-leaving><b id=y data-permission="a">y</b>"#);
        let (engine, _) = granting("a");
        let inner = Rc::clone(&engine);
        offer("leave", move || if is_sign_out { inner.sign_out() } else { inner.dispose() });
        let binding = bind(&engine, document());
        run("globalThis.leave = undefined");
        assert!(state("y") != "granted" && !is_visible("y"), "{is_sign_out}");
        binding.disconnect();
    }
}

#[wasm_bindgen_test]
async fn an_instance_that_is_disposed_of_during_a_revocation_hides_all_elements() {
    define_leaving();
    show(
        r#"<b id=x data-permission="a">x</b><x-leaving id=w data-permission="a"></x-leaving><b id=y data-permission="a">y</b>"#,
    );
    answers(&["a", "b"]);
    let (engine, _) = engine(r#"{"endpoint":"/permissions"}"#);
    let binding = bind(&engine, document());
    until("it is granted", || state("y") == "granted").await;
    let inner = Rc::clone(&engine);
    offer("leave", move || inner.dispose());
    engine.refresh();
    until("it is revoked", || state("x") != "granted").await;
    run("globalThis.leave = undefined");
    assert!(state("w") != "granted" && state("y") != "granted" && !is_visible("y"));
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn elements_to_be_hidden_are_written_before_elements_to_be_shown() {
    define_leaving();
    show(r#"<x-leaving id=w data-permission="b"></x-leaving><b id=y data-permission="a">y</b>"#);
    let (_engine, binding) = granting_for_now("a", "document");
    run(r#"globalThis.leave = () => { globalThis.stateOfY = byId("y").dataset.permissionState };
        byId("w").dataset.permission = "a";
        byId("y").dataset.permission = "b""#);
    until("w is granted", || state("w") == "granted").await;
    run("globalThis.leave = undefined");
    assert_eq!(run("return globalThis.stateOfY"), "denied");
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn a_binding_that_ends_during_a_batch_applies_no_more_modes() {
    define_leaving();
    show("<div id=here></div>");
    run("globalThis.native = Element.prototype.toggleAttribute");
    let (_engine, binding) = granting_for_now("a", "document");
    let inner = Rc::clone(&binding);
    offer("leave", move || inner.disconnect());
    run(
        r#"byId("here").innerHTML = '<x-leaving id=w data-permission="a"></x-leaving><b data-permission="b" data-permission-mode="disable"></b>'"#,
    );
    turned().await;
    run("globalThis.leave = undefined");
    assert!(holds("Element.prototype.toggleAttribute === native"));
    assert!(!holds("document.querySelector('[data-permission-state],[data-permission-applied]')"));
}

#[wasm_bindgen_test]
async fn f44_a_slow_script_that_answers_each_write_does_not_stop_the_frames_of_the_page() {
    let count = r#"globalThis.frames = 0;
        globalThis.burn = (ms) => { const end = performance.now() + ms; while (performance.now() < end); };
        const count = () => { frames++; if (frames < 4) requestAnimationFrame(count); };
        requestAnimationFrame(count);"#;
    let writing = r#"globalThis.rude = new MutationObserver(() => {
            if (byId("x").dataset.permissionState === "granted") return;
            burn(20); byId("x").dataset.permissionState = "granted";
        });
        rude.observe(byId("x"), { attributes: true });
        byId("x").dataset.permissionState = "granted";"#;
    let replacing = r#"globalThis.rude = new MutationObserver(() => {
            if (frames === 4) return;
            burn(1); const clone = byId("x").cloneNode(true); clone.removeAttribute("data-permission-state");
            byId("x").replaceWith(clone);
        });
        rude.observe(byId("root"), { attributeFilter: ["data-permission-state"], subtree: true });
        byId("x").dataset.permissionState = "unknown";"#;
    for answering in [writing, replacing] {
        show(r#"<div id=root><b id=x data-permission="b"></b></div>"#);
        let (_engine, binding) = granting_for_now("a", "document");
        run(&format!("{count}{answering}"));
        until("four frames are over", || holds("frames === 4")).await;
        run("rude.disconnect()");
        until("the element is hidden in the end", || state("x") == "denied" && !is_visible("x"))
            .await;
        binding.disconnect();
    }
}

#[wasm_bindgen_test]
async fn a_mode_may_remove_its_element_when_it_is_undone() {
    show(
        r#"<b id=x data-permission="b" data-permission-mode="own" data-permission-reason=""></b><b id=y data-permission="b"></b>"#,
    );
    run("globalThis.modes = { own: (element) => () => { element.remove(); again(); } }");
    let (_engine, binding) = granting_for_now("a", "document");
    let inner = Rc::clone(&binding);
    offer("again", move || inner.refresh());
    run(r#"globalThis.x = byId("x"); x.dataset.permissionMode = "disable""#);
    until("it is forgotten", || binding.size() == 1).await;
    assert!(holds("!x.ariaDisabled && !x.dataset.permissionApplied && !x.dataset.permissionState"));
    run(r#"byId("y").dataset.permission = "a""#);
    until("the other element follows decisions", || state("y") == "granted").await;
    binding.disconnect();
    run("globalThis.modes = undefined");
}

#[wasm_bindgen_test]
async fn a_binding_that_is_disconnected_during_a_write_restores_the_page() {
    define_leaving();
    show(
        r#"<x-leaving data-permission="b"></x-leaving><b id=x data-permission="b">x</b><b id=y data-permission="a">y</b>"#,
    );
    let before = html();
    let (_engine, binding) = granting_for_now("a", "document");
    let inner = Rc::clone(&binding);
    offer("leave", move || inner.disconnect());
    binding.refresh();
    run("globalThis.leave = undefined");
    turned().await;
    assert_eq!((html(), is_visible("x")), (before, true));
    assert!(holds("Object.getOwnPropertySymbols(byId('x')).length === 0"), "no number is left");
}

#[wasm_bindgen_test]
async fn a_walk_skips_no_element_when_it_removes_others() {
    show(
        r#"<div data-permission-resource="t/1"><p id=c><b data-permission="c"></b><b id=x data-permission="e">x</b></p></div>
        <div id=two data-permission-resource="t/2" data-permission-mode="remove"></div>"#,
    );
    let (engine, _) =
        engine(r#"{"bootstrap":"{\"grants\":[{\"permission\":\"e\",\"resource\":\"t/1\"}]}"}"#);
    let binding = bind(&engine, document());
    assert_eq!(state("x"), "granted");
    run("byId('two').append(byId('c'))");
    until("x is denied on the other resource and taken out", || holds("byId('x') === null")).await;
    run("byId('two').dataset.permissionResource = 't/1'");
    until("x takes the changed resource although it is out", || {
        holds("byId('x')?.dataset.permissionState === 'granted'")
    })
    .await;
    run("byId('two').dataset.permissionMode = 'hide'");
    until("both come back with another mode", || holds("byId('c').childElementCount === 2")).await;
    binding.disconnect();
}

#[wasm_bindgen_test]
fn f47_a_hidden_or_disabled_element_in_a_closed_shadow_root_is_not_activated() {
    show("<div id=host></div>");
    run(
        r##"globalThis.clicks = 0; globalThis.shut = byId("host").attachShadow({ mode: "closed" });
        shut.innerHTML = '<a href="#gone" data-permission="b" data-permission-mode="disable">x</a><button data-permission="b">y</button>';
        for (const element of shut.children) element.addEventListener("click", () => clicks++)"##,
    );
    let (_engine, binding) = granting_for_now("a", "globalThis.shut");
    run("for (const element of shut.children) element.click()");
    assert!(holds("clicks === 0 && location.hash !== '#gone'"));
    binding.disconnect();
}

#[wasm_bindgen_test]
fn f47_a_hidden_element_is_not_activated_by_a_label_or_its_form() {
    show(
        r#"<form id=form><input id=field><button data-permission="b">Save</button></form>
        <label for=box id=label>x</label><input type=checkbox id=box data-permission="b">"#,
    );
    run(
        r#"globalThis.submits = 0; byId("form").addEventListener("submit", (event) => { submits++; event.preventDefault(); })"#,
    );
    let (_engine, binding) = granting_for_now("a", "document");
    run("byId('label').click(); byId('form').querySelector('button').click()");
    assert!(holds("submits === 0 && !byId('box').checked"));
    binding.disconnect();
    run("byId('label').click(); byId('form').querySelector('button').click()");
    assert!(holds("submits === 1 && byId('box').checked"));
}

#[wasm_bindgen_test]
fn an_event_that_does_not_leave_a_shadow_root_is_stopped_in_it() {
    show("<div id=host></div>");
    run(r#"globalThis.submits = 0;
        byId("host").attachShadow({ mode: "open" }).innerHTML = '<form id=f data-permission="b" data-permission-mode="disable"></form><button form=f>Save</button>';
        byId("host").shadowRoot.firstChild.addEventListener("submit", (event) => { submits++; event.preventDefault(); })"#);
    let (_engine, binding) = granting_for_now("a", "document");
    run("byId('host').shadowRoot.lastChild.click()");
    assert!(holds("submits === 0"));
    binding.disconnect();
    run("byId('host').shadowRoot.lastChild.click()");
    assert!(holds("submits === 1"));
}

#[wasm_bindgen_test]
fn an_element_without_a_value_is_disabled_in_mode_readonly_and_a_frame_is_inert_in_mode_disable() {
    show(
        r#"<div data-permission-mode="readonly"><button id=x data-permission="b">x</button><a id=y href="/y" data-permission="b">y</a>
        <select id=z data-permission="b"></select></div><iframe id=frame data-permission="b" data-permission-mode="disable"></iframe>"#,
    );
    let (_engine, binding) = granting_for_now("a", "document");
    assert!(holds(
        "byId('x').disabled && byId('y').ariaDisabled === 'true' && byId('z').ariaReadOnly === 'true'"
    ));
    assert!(holds("!byId('x').hasAttribute('aria-readonly') && byId('frame').inert"));
    binding.disconnect();
    assert!(holds("!byId('x').disabled && !byId('frame').inert"));
}

#[wasm_bindgen_test]
fn keys_do_not_change_fields_in_a_refused_region() {
    for mode in ["disable", "readonly"] {
        show(&format!(
            r#"<div data-permission="b" data-permission-mode="{mode}"><input type=date id=x><select id=y><option>1<option>2</select><input id=z></div>"#
        ));
        let (_engine, binding) = granting_for_now("a", "document");
        let is_prevented = |id: &str, key: &str| {
            holds(&format!(
                "!byId('{id}').dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true, composed: true, cancelable: true }}))"
            ))
        };
        assert!(is_prevented("x", "ArrowUp") && is_prevented("y", "ArrowDown"), "{mode}");
        assert!(!is_prevented("y", "Tab") && !is_prevented("z", "ArrowLeft"), "{mode}");
        binding.disconnect();
    }
}

#[wasm_bindgen_test]
async fn a_page_that_replaces_the_adopted_stylesheets_shows_no_hidden_element() {
    show(r#"<b id=x data-permission="b">x</b><div id=host></div>"#);
    run(
        r#"byId("host").attachShadow({ mode: "open" }).innerHTML = '<b data-permission="b">y</b>'"#,
    );
    let setter = "Object.getOwnPropertyDescriptor(ShadowRoot.prototype, 'adoptedStyleSheets').set";
    run(&format!("globalThis.native = {setter}"));
    let (_engine, binding) = granting_for_now("a", "document");
    run("byId('host').shadowRoot.adoptedStyleSheets = []; document.adoptedStyleSheets = []");
    assert!(!is_visible("x") && holds("!byId('host').shadowRoot.firstChild.checkVisibility()"));
    binding.disconnect();
    assert!(is_visible("x") && holds("byId('host').shadowRoot.firstChild.checkVisibility()"));
    assert!(holds(&format!("{setter} === native")));
}

#[wasm_bindgen_test]
async fn an_attribute_that_the_page_toggles_while_a_mode_holds_it_is_set_afterwards() {
    show(
        r#"<button id=x data-permission="b" data-permission-mode="disable">x</button><button id=y data-permission="b" data-permission-mode="disable">y</button>"#,
    );
    answers(&["a", "b"]);
    let (engine, _) = engine(r#"{"endpoint":"/permissions"}"#);
    let binding = bind(&engine, document());
    until("denied", || state("x") == "denied").await;
    run(
        "byId('x').toggleAttribute('disabled', true); byId('y').disabled = true; byId('y').disabled = false",
    );
    turned().await;
    engine.refresh();
    until("granted", || state("x") == "granted").await;
    assert!(holds("byId('x').disabled && !byId('y').disabled"));
    // Once the element is granted, the page owns the attribute again.
    run("byId('x').disabled = false");
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn f44_attributes_that_a_library_leaves_when_it_compares_trees_are_not_restored() {
    show(r#"<button id=x data-permission="b" data-permission-mode="disable">x</button>"#);
    answers(&["a", "b"]);
    let (engine, _) = engine(r#"{"endpoint":"/permissions"}"#);
    let binding = bind(&engine, document());
    until("denied", || state("x") == "denied" && holds("byId('x').disabled")).await;
    run(
        "byId('x').removeAttribute('data-permission-state'); byId('x').removeAttribute('data-permission-applied')",
    );
    until("the attributes are restored", || {
        state("x") == "denied" && holds("byId('x').hasAttribute('data-permission-applied')")
    })
    .await;
    engine.refresh();
    until("granted", || state("x") == "granted").await;
    assert!(holds("byId('x').disabled"), "the library left it there");
    run("byId('x').setAttribute('data-permission-applied', 'disable disabled')");
    until("a mark without a mode is removed", || {
        holds("!byId('x').hasAttribute('data-permission-applied')")
    })
    .await;
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn an_element_that_is_frozen_while_bound_is_forgotten_without_harm() {
    show(r#"<b id=x data-permission="a">x</b><b id=y data-permission="a">y</b>"#);
    let (_engine, binding) = granting_for_now("a", "document");
    run("globalThis.frozen = Object.freeze(byId('x')); frozen.remove()");
    until("it is forgotten", || binding.size() == 1).await;
    run(
        r#"const z = document.createElement("b"); z.id = "z"; z.dataset.permission = "b"; byId("y").after(z, frozen)"#,
    );
    until("another element has its number", || state("z") == "denied").await;
    assert!(state("y") == "granted" && !is_visible("z"));
    assert!(holds("!frozen.checkVisibility()"), "it is hidden without being bound");
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn a_new_reason_with_the_same_outcome_updates_titles_and_own_modes() {
    show(
        r#"<button id=x data-permission="c" data-permission-mode="disable" data-permission-reason="">x</button>
        <b data-permission="c" data-permission-mode="custom"></b>"#,
    );
    run(
        "globalThis.reasons = []; globalThis.modes = { custom: (_, { reason }) => { reasons.push(reason); } }",
    );
    answers(&["never"]);
    let (engine, _) = engine(r#"{"endpoint":"/permissions"}"#);
    let binding = bind(&engine, document());
    let title = run("return byId('x').title");
    engine.sign_out();
    assert!(run("return byId('x').title") != title && holds("byId('x').title.length > 0"));
    assert!(holds("reasons.join() === 'not-loaded,unauthenticated'"));
    binding.disconnect();
    run("globalThis.modes = undefined");
}

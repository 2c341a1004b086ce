//! The modes on a real page: refused elements are disabled, read-only, inert, removed or changed by a
//! mode of the application, and are restored exactly.

use std::rc::Rc;

use permgate::Engine;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{
    Acts, Bound, answers, bind, document, engine, granting, html, is_visible, run, show, state,
    turned, until,
};

/// Whether a condition, written in JavaScript, is true.
fn holds(condition: &str) -> bool {
    run(&format!("return Boolean({condition})")).is_truthy()
}

/// An instance that holds `a` until it is refreshed, and `b` from then on; bound to the document.
async fn revocable() -> (Rc<Engine>, Bound) {
    answers(&["a", "b"]);
    let (engine, _) = engine(r#"{"endpoint":"/permissions"}"#);
    let binding = bind(&engine, document());
    until("the set is there", || engine.decide("a", None) == 1).await;
    (engine, binding)
}

async fn revoke(engine: &Engine) {
    engine.refresh();
    until("revoked", || engine.decide("a", None) == 0).await;
}

/// Every mode, on elements that already have attributes that the modes write.
const PAGE: &str = r##"<button id=plain data-permission="a" data-permission-mode="disable">x</button>
<button id=own disabled="disabled" title="mine" data-permission="a" data-permission-mode="disable" data-permission-reason="">x</button>
<a id=link href="#x" aria-disabled="false" data-permission="a" data-permission-mode="disable" data-permission-reason="ask for it">x</a>
<x-plain id=custom data-permission="a" data-permission-mode="disable">x</x-plain>
<x-plain id=roled role=button data-permission="a" data-permission-mode="disable">x</x-plain>
<input id=text data-permission="a" data-permission-mode="readonly" value="v">
<input id=box type=checkbox aria-readonly="false" data-permission="a" data-permission-mode="readonly">
<section id=region inert="" data-permission="a" data-permission-mode="inert">x</section>
<section id=other data-permission="a" data-permission-mode="inert">x</section>
<p id=out data-permission="a" data-permission-mode="remove">x <b id=inner data-permission="b">y</b></p>
<p id=hidden hidden tabindex="0" data-permission="a">x</p>"##;

#[wasm_bindgen_test]
async fn f45_each_mode_refuses_its_element_and_restores_it_exactly() {
    show(PAGE);
    let before = html();
    let (engine, binding) = revocable().await;
    assert!(holds(
        "!byId('plain').disabled && byId('own').disabled && byId('own').title === 'mine'"
    ));
    revoke(&engine).await;
    assert_eq!(state("plain"), "denied");
    assert!(holds("byId('plain').disabled && byId('own').disabled"));
    assert!(is_visible("plain") && is_visible("link") && is_visible("text") && is_visible("other"));
    assert!(holds("byId('own').title.includes('`a`') && !byId('plain').hasAttribute('title')"));
    assert!(holds("byId('link').ariaDisabled === 'true' && byId('link').title === 'ask for it'"));
    assert!(holds(
        "byId('custom').hasAttribute('disabled') && byId('custom').inert && byId('custom').ariaDisabled === null"
    ));
    assert!(
        holds("byId('roled').inert && byId('roled').ariaDisabled === 'true'"),
        "as its role says"
    );
    assert!(holds("byId('text').readOnly && byId('box').ariaReadOnly === 'true'"));
    assert!(holds("byId('region').inert && byId('other').inert"));
    assert!(holds("byId('out') === null && !byId('hidden').checkVisibility()"));
    binding.disconnect();
    assert_eq!(html(), before);
}

#[wasm_bindgen_test]
async fn an_element_that_was_taken_out_follows_decisions_and_comes_back_as_the_same_node() {
    show(PAGE);
    run("globalThis.kept = [byId('out'), byId('inner')]");
    let (_engine, binding) = granting_for_now("b");
    assert!(holds("byId('out') === null && kept[0].isConnected === false"));
    assert!(holds("kept[1].dataset.permissionState === 'granted'"));
    run("kept[1].dataset.permission = 'c'");
    until("an element that is out follows decisions", || {
        holds("kept[1].dataset.permissionState === 'denied'")
    })
    .await;
    assert_eq!(binding.size(), 12);
    binding.disconnect();
    assert!(holds("byId('out') === kept[0] && byId('inner') === kept[1]"));
}

/// An instance that grants these permissions, bound to the document.
fn granting_for_now(names: &str) -> (Rc<Engine>, Bound) {
    let (engine, _) = granting(names);
    let binding = bind(&engine, document());
    (engine, binding)
}

#[wasm_bindgen_test]
async fn an_element_that_was_taken_out_is_forgotten_and_bound_again_with_its_place() {
    show(r#"<div id=here><p id=out data-permission="a" data-permission-mode="remove">x</p></div>"#);
    run("globalThis.kept = byId('out'); globalThis.here = byId('here')");
    let (_engine, binding) = granting_for_now("b");
    run("here.remove()");
    until("it is forgotten", || binding.size() == 0).await;
    assert!(holds(
        "here.firstElementChild === kept && !kept.hasAttribute('data-permission-state')"
    ));
    run("document.getElementById('stage').append(here)");
    until("it is bound again", || binding.size() == 1 && holds("byId('out') === null")).await;
    run("here.append(kept)");
    until("it is taken out of the other place", || holds("!kept.isConnected")).await;
    assert!(holds("here.childNodes.length === 1"), "one place is left");
    binding.disconnect();
    assert!(holds("byId('out') === kept && here.childNodes.length === 1"));
}

#[wasm_bindgen_test]
async fn f44_attributes_that_the_page_sets_while_a_mode_is_in_force_are_kept_for_later() {
    show(PAGE);
    let (engine, binding) = revocable().await;
    revoke(&engine).await;
    run(
        "byId('own').disabled = false; byId('plain').disabled = true; byId('link').title = 'theirs'",
    );
    until("our attributes are restored", || {
        holds(
            "byId('own').disabled && byId('plain').disabled && byId('link').title === 'ask for it'",
        )
    })
    .await;
    run(
        "byId('plain').removeAttribute('data-permission-state'); byId('own').dataset.permissionState = 'granted'",
    );
    run("byId('text').readOnly = false; byId('text').removeAttribute('data-permission-applied')");
    until("the states are restored", || state("plain") == "denied" && state("own") == "denied")
        .await;
    until("the mode is restored", || is_visible("text") && holds("byId('text').readOnly")).await;
    binding.disconnect();
    assert!(holds(
        "!byId('own').disabled && byId('plain').disabled && byId('link').title === 'theirs'"
    ));
    assert!(holds("!byId('text').readOnly && byId('region').inert && !byId('other').inert"));
}

#[wasm_bindgen_test]
async fn f44_a_script_that_answers_each_write_gets_one_turn_in_each_frame() {
    show(r#"<b id=x data-permission="b"></b>"#);
    let (_engine, binding) = granting_for_now("a");
    run(r#"globalThis.answers = 0; globalThis.frames = 0;
        globalThis.rude = new MutationObserver(() => {
            if (byId("x").dataset.permissionState === "granted") return;
            answers++; byId("x").dataset.permissionState = "granted";
        });
        rude.observe(byId("x"), { attributes: true });
        const count = () => { frames++; if (frames < 20) requestAnimationFrame(count); };
        requestAnimationFrame(count);
        byId("x").dataset.permissionState = "granted""#);
    until("twenty frames are over", || holds("frames === 20")).await;
    assert!(
        holds("answers > 1 && answers <= 2 * frames"),
        "one answer in each frame, and one restored write"
    );
    run("rude.disconnect()");
    until("the element is hidden in the end", || state("x") == "denied" && !is_visible("x")).await;
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn the_first_mode_of_a_page_may_be_set_after_bind() {
    show(r#"<div id=x role=link data-permission="b" tabindex=0></div>"#);
    let (_engine, binding) = granting_for_now("a");
    run(r#"globalThis.events = [];
        for (const type of ["keydown", "click"]) byId("x").addEventListener(type, () => events.push(type));
        globalThis.spy = () => events.push("spy");
        document.addEventListener("keydown", spy, true);
        globalThis.press = () => {
            byId("x").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
            byId("x").click();
        };
        press();"#);
    assert!(holds("events.join() === 'spy,keydown'"), "a hidden element cannot be clicked");
    run(r#"byId("x").dataset.permissionMode = "disable""#);
    until("it is disabled", || holds("byId('x').ariaDisabled === 'true'")).await;
    run("events.length = 0; press(); byId('x').removeAttribute('aria-disabled')");
    assert!(holds("events.length === 0"));
    run("document.removeEventListener('keydown', spy, true)");
    until("the attribute is restored", || holds("byId('x').ariaDisabled === 'true'")).await;
    run("byId('x').toggleAttribute('aria-disabled', true)");
    let marked = "byId('x').dataset.permissionApplied === 'disable aria-disabled=true'";
    until("the value of the page is kept", || holds(marked)).await;
    binding.disconnect();
    assert!(holds("byId('x').ariaDisabled === 'true'"), "the page set it meanwhile");
}

#[wasm_bindgen_test]
async fn a_mode_of_the_application_is_called_and_undone() {
    show(
        r#"<b id=x data-permission="a" data-permission-mode="blurred"></b>
        <b id=y data-permission="b" data-permission-mode="broken"></b><b id=z data-permission="b" data-permission-mode="blured"></b>"#,
    );
    run(r#"globalThis.calls = [];
        globalThis.modes = {
            blurred(element, decision) {
                calls.push(decision.outcome); element.classList.add("blurred");
                return () => { calls.push("undone"); element.classList.remove("blurred"); };
            },
            broken() { throw new Error("no"); },
        }"#);
    let (engine, binding) = revocable().await;
    assert!(holds("calls.join() === 'unknown,undone' && byId('x').className === ''"));
    revoke(&engine).await;
    assert!(
        is_visible("x") && holds("calls.at(-1) === 'denied' && byId('x').className === 'blurred'")
    );
    assert!(
        holds("reports.map(({ code }) => code).join() === 'listener,unknown-mode'"),
        "each is reported"
    );
    assert!(holds("reports[1].element === byId('z') && reports[1].message.includes('blurred')"));
    binding.disconnect();
    assert!(holds("calls.at(-1) === 'undone' && byId('x').className === ''"));
    run("globalThis.modes = undefined");
}

#[wasm_bindgen_test]
async fn an_element_is_hidden_if_its_mode_throws() {
    show(r#"<b id=y data-permission="b" data-permission-mode="broken">y</b>"#);
    run(r#"globalThis.modes = { broken() { throw new Error("no"); } }"#);
    let (_engine, binding) = granting_for_now("a");
    assert!(!is_visible("y"));
    binding.disconnect();
    run("globalThis.modes = undefined");
}

#[wasm_bindgen_test]
async fn resource_mode_and_reason_come_from_the_nearest_ancestor_with_the_attribute() {
    show(
        r#"<table data-permission-mode="disable" data-permission-reason="no"><tr id=one data-permission-resource="t/1">
        <td><button id=x data-permission="e"></button><button id=own data-permission="e" data-permission-resource="t/2" data-permission-mode="hide"></button>
        <tr id=two data-permission-resource="t/2"><td><button id=y data-permission="e"></button></table><button id=z data-permission="e"></button>"#,
    );
    let (engine, _) =
        engine(r#"{"bootstrap":"{\"grants\":[{\"permission\":\"e\",\"resource\":\"t/1\"}]}"}"#);
    let binding = bind(&engine, document());
    let all = || ["x", "own", "y", "z"].map(state).join(" ");
    assert_eq!(all(), "granted denied denied denied");
    assert!(holds("byId('y').disabled && byId('y').title === 'no' && !byId('own').disabled"));
    assert!(is_visible("y") && !is_visible("own") && !is_visible("z"));
    run(
        "byId('two').dataset.permissionResource = 't/1'; byId('one').dataset.permissionResource = 't/2'",
    );
    until("the buttons take the resources of their rows", || {
        all() == "denied denied granted denied"
    })
    .await;
    assert!(holds("byId('x').disabled && !byId('y').disabled && !byId('y').title"));
    run("byId('two').append(byId('one').firstElementChild)");
    until("a moved cell takes the resource of its row", || {
        all() == "granted denied granted denied"
    })
    .await;
    run("document.querySelector('table').removeAttribute('data-permission-mode')");
    run("byId('one').append(byId('x'))");
    until("a removed mode is undone", || !is_visible("x") && holds("!byId('x').disabled")).await;
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn f43_a_clone_has_none_of_the_attributes_that_a_mode_set_on_its_original() {
    show(PAGE);
    let (_engine, binding) = granting_for_now("b");
    run(r#"for (const id of ["own", "link", "other"]) {
        const clone = byId(id).cloneNode(true); clone.id = `${id}-clone`; clone.dataset.permission = "b"; byId(id).after(clone); }"#);
    until("clones are bound", || {
        state("other-clone") == "granted" && state("own-clone") == "granted"
    })
    .await;
    assert!(
        holds("byId('own-clone').disabled && byId('own-clone').title === 'mine'"),
        "the page set these on the original"
    );
    assert!(holds("byId('link-clone').ariaDisabled === 'false' && !byId('link-clone').title"));
    assert!(holds("!byId('other-clone').inert && !byId('other-clone').dataset.permissionApplied"));
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn f47_a_disabled_element_is_not_activated_and_a_read_only_one_not_changed() {
    show(
        r##"<a id=link href="#gone" data-permission="a" data-permission-mode="disable"><i id=in>x</i></a>
        <div id=role role=button tabindex=0 data-permission="a" data-permission-mode="disable">x</div>
        <input id=box type=checkbox data-permission="a" data-permission-mode="readonly">"##,
    );
    run(r#"globalThis.events = [];
        for (const type of ["click", "pointerdown", "keydown"]) document.getElementById("stage").addEventListener(type, (event) => events.push(`${type} ${event.target.id}`), true)"#);
    let (_engine, binding) = granting_for_now("b");
    run(r#"byId("in").click(); byId("role").click();
        byId("role").dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, composed: true }));
        for (const key of ["Enter", " ", "Tab"]) byId("role").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true }));
        byId("box").click()"#);
    turned().await;
    assert!(holds("location.hash !== '#gone' && !byId('box').checked"));
    assert!(holds("events.join() === 'keydown role'"), "only the Tab key reaches the page");
    binding.disconnect();
    run("byId('box').click(); byId('role').click()");
    assert!(holds("byId('box').checked && events.at(-1) === 'click role'"));
}

#[wasm_bindgen_test]
async fn f47_the_focus_of_a_refused_element_goes_to_its_nearest_focusable_ancestor() {
    for mode in ["hide", "disable", "inert", "remove"] {
        show(&format!(
            r#"<div id=far tabindex=-1><div id=near tabindex=-1><section data-permission="a" data-permission-mode="{mode}" id=x tabindex=0>
            <fieldset id=set data-permission="a" data-permission-mode="{mode}"><button id=y>y</button></fieldset></section></div></div>"#
        ));
        let (engine, binding) = revocable().await;
        run("byId('y').focus()");
        revoke(&engine).await;
        assert!(holds("document.activeElement.id === 'near'"), "{mode}");
        binding.disconnect();
    }
}

//! Elements in shadow roots, below several bound roots, and in other documents.

use std::rc::Rc;

use permgate::Engine;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Bound, bind, granting, run, show, state, until};

fn holds(condition: &str) -> bool {
    run(&format!("return Boolean({condition})")).is_truthy()
}

fn granting_for_now(names: &str, root: &str) -> (Rc<Engine>, Bound) {
    let (engine, _) = granting(names);
    let root = run(&format!("return {root}")).unchecked_into();
    let binding = bind(&engine, root);
    (engine, binding)
}

/// Whether a condition on `root`, the shadow root of an element, is true.
fn inside(host: &str, condition: &str) -> bool {
    holds(&format!("((root) => {condition})(byId('{host}').shadowRoot)"))
}

const HIDES: &str =
    "!root.querySelector('[data-permission=b]').checkVisibility({ visibilityProperty: true })";

#[wasm_bindgen_test]
async fn f43_early_late_and_nested_shadow_roots_are_gated() {
    show(
        r#"<div id=early></div><div id=late></div><div id=row data-permission-resource="t/1"></div>"#,
    );
    run(
        r#"byId("early").attachShadow({ mode: "open" }).innerHTML = '<b data-permission="a">x</b><b data-permission="b">y</b><div id=deep></div>';
        byId("early").shadowRoot.getElementById("deep").attachShadow({ mode: "open" }).innerHTML = '<b data-permission="b">z</b>'"#,
    );
    let native = run("return Element.prototype.attachShadow");
    let (_engine, binding) = granting_for_now("a", "document");
    assert_eq!(binding.size(), 3);
    assert!(inside("early", HIDES));
    assert!(inside("early", "root.querySelector('b').dataset.permissionState === 'granted'"));
    run(
        r#"byId("late").attachShadow({ mode: "open" }).innerHTML = '<b data-permission="b">y</b><slot></slot>';
        byId("late").innerHTML = '<b id=slotted data-permission="b">s</b>'"#,
    );
    assert!(inside("late", HIDES), "hidden from the beginning");
    until("elements put into it are bound", || binding.size() == 5 && state("slotted") == "denied")
        .await;
    run(r#"byId("late").shadowRoot.querySelector("b").dataset.permission = "a""#);
    until("its element follows the new requirement", || {
        inside("late", "root.querySelector('b').dataset.permissionState === 'granted'")
    })
    .await;
    run("globalThis.early = byId('early'); early.remove()");
    until("removed elements are forgotten", || binding.size() == 2).await;
    assert!(holds("!early.shadowRoot.querySelector('b').hasAttribute('data-permission-state')"));
    run("document.getElementById('stage').append(early)");
    until("inserted elements are bound again", || binding.size() == 5).await;
    binding.disconnect();
    assert!(holds("early.shadowRoot.adoptedStyleSheets.length === 0"));
    assert_eq!(run("return Element.prototype.attachShadow"), native);
}

#[wasm_bindgen_test]
async fn elements_in_a_shadow_root_take_their_mode_from_the_ancestors_of_its_host() {
    show(r#"<div data-permission-mode="disable" id=above><div id=host></div></div>"#);
    run(
        r#"byId("host").attachShadow({ mode: "open" }).innerHTML = '<button data-permission="b">x</button>'"#,
    );
    let (_engine, binding) = granting_for_now("a", "document");
    assert!(inside("host", "root.querySelector('button').disabled"));
    run("byId('above').dataset.permissionMode = 'inert'");
    until("a changed mode of an ancestor applies", || {
        inside(
            "host",
            "root.querySelector('button').inert && !root.querySelector('button').disabled",
        )
    })
    .await;
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn f44_the_innermost_binding_decides_an_element_and_another_takes_over_when_it_ends() {
    show(
        r#"<div id=outer><b id=o data-permission="a"></b><div id=root><b id=x data-permission="a"></b></div></div>"#,
    );
    let (_first, outer) = granting_for_now("a", "document");
    assert_eq!((state("x"), outer.size()), ("granted".into(), 2));
    let (second, inner) = granting_for_now("b", "byId('root')");
    assert_eq!((state("x"), outer.size(), inner.size()), ("denied".into(), 1, 1));
    let (_third, same) = granting_for_now("b", "document");
    assert_eq!(
        (state("o"), same.size()),
        ("granted".into(), 0),
        "of two bindings of one root, the first has the elements"
    );
    run("byId('root').append(byId('o'))");
    until("a moved element goes to the inner binding", || {
        state("o") == "denied" && inner.size() == 2
    })
    .await;
    second.dispose();
    assert_eq!((state("x"), outer.size()), ("granted".into(), 2), "the outer one takes over");
    outer.disconnect();
    assert_eq!((state("x"), same.size()), ("denied".into(), 2), "the next binding takes over");
    same.disconnect();
    inner.disconnect();
    assert_eq!(state("x"), "none");
}

#[wasm_bindgen_test]
async fn the_document_of_a_frame_can_be_bound() {
    show("<iframe id=frame></iframe>");
    run(r#"byId("frame").contentDocument.body.innerHTML = '<b id=in data-permission="b">x</b>'"#);
    let (_engine, binding) = granting_for_now("a", "byId('frame').contentDocument");
    let within = |condition: &str| {
        holds(&format!("((frame) => {condition})(byId('frame').contentDocument)"))
    };
    assert!(within("frame.getElementById('in').dataset.permissionState === 'denied'"));
    assert!(within(
        "frame.defaultView.getComputedStyle(frame.getElementById('in')).display === 'none'"
    ));
    run(
        "document.getElementById('stage').append(byId('frame').contentDocument.adoptNode(byId('frame').contentDocument.getElementById('in')))",
    );
    until("an element adopted by another document is forgotten", || binding.size() == 0).await;
    assert_eq!(state("in"), "none");
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn a_report_lists_each_element_with_its_requirement_and_decision() {
    show(
        r#"<div data-permission-resource="t/1"><b id=x data-permission="a"></b></div><b id=y data-permission="b" data-permission-mode="inert"></b>"#,
    );
    let (_engine, binding) = granting_for_now("a", "document");
    run("globalThis.rows = undefined");
    js_sys::Reflect::set(&js_sys::global(), &"rows".into(), &binding.report()).expect("set");
    assert!(holds(
        "rows.length === 2 && rows[0].element === byId('x') && rows[0].resource === 't/1' && rows[0].mode === 'hide' && rows[0].decision.outcome === 'granted'"
    ));
    assert!(holds(
        "rows[1].requirement === 'b' && rows[1].mode === 'inert' && rows[1].decision.reason === 'not-granted'"
    ));
    binding.disconnect();
}

#[wasm_bindgen_test]
fn f42_an_earlier_cascade_layer_of_the_author_shows_no_hidden_element() {
    show(
        r#"<style>@layer first { #x { display: flex !important } }</style><b id=x data-permission="b">x</b>"#,
    );
    run("document.head.prepend(document.querySelector('#stage style'))");
    let (_engine, binding) = granting_for_now("a", "document");
    assert!(holds(
        "!byId('x').checkVisibility({ visibilityProperty: true, opacityProperty: true })"
    ));
    run("byId('x').tabIndex = 0; byId('x').focus()");
    assert!(holds("document.activeElement !== byId('x')"));
    binding.disconnect();
    run("document.head.querySelector('style').remove()");
}

#[wasm_bindgen_test]
async fn in_many_shadow_roots_the_binders_own_writes_do_not_count_as_changes_of_the_page() {
    show("<div id=hosts></div>");
    run(r#"for (let i = 0; i < 40; i++) {
        const host = document.createElement("p"); byId("hosts").append(host);
        host.attachShadow({ mode: "open" }).innerHTML = '<button data-permission="b" data-permission-mode="disable">x</button>';
    }
    globalThis.buttons = [...byId("hosts").children].map((host) => host.shadowRoot.firstChild)"#);
    let (_engine, binding) = granting_for_now("a", "document");
    assert_eq!(binding.size(), 40);
    assert!(holds("buttons.every((button) => button.disabled)"));
    run(
        "globalThis.written = 0; globalThis.watching = new MutationObserver((records) => { written += records.length; }); for (const button of buttons) watching.observe(button, { attributes: true })",
    );
    binding.refresh();
    run("buttons[7].disabled = false; buttons[8].removeAttribute('data-permission-state')");
    until("the attributes are restored", || {
        holds("buttons[7].disabled && buttons[8].dataset.permissionState === 'denied'")
    })
    .await;
    for _ in 0..20 {
        crate::page::turned().await;
    }
    assert!(holds("written < 50"), "only the states and the restored attributes are written");
    binding.disconnect();
    assert!(holds(
        "buttons.every((button) => !button.disabled && !button.hasAttribute('data-permission-state'))"
    ));
}

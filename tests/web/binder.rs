//! The binder on a real page: tagged elements are shown and hidden through all changes of the page.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{
    Acts, Counter, answers, bind, by_id, callback, document, engine, granting, is_visible, run,
    show, state, turned, until,
};

#[wasm_bindgen_test]
fn tagged_elements_are_hidden_unless_granted() {
    show(
        r#"<b id=x data-permission="a"></b><b id=y data-permission="b"></b><b id=z>plain</b>
        <b id=not data-permission="!b"></b><b id=both data-permission="a & b"></b>"#,
    );
    let (engine, _) = granting("a");
    let binding = bind(&engine, document());
    assert_eq!(
        (state("x"), state("y"), state("not"), state("both")),
        ("granted".into(), "denied".into(), "granted".into(), "denied".into())
    );
    assert!(
        is_visible("x")
            && !is_visible("y")
            && is_visible("z")
            && is_visible("not")
            && !is_visible("both")
    );
    assert_eq!(binding.size(), 4);
    binding.disconnect();
}

#[wasm_bindgen_test]
fn f45_no_tagged_element_is_visible_before_the_first_decision_not_even_a_negation() {
    show(r#"<b id=x data-permission="a"></b><b id=y data-permission="!a"></b>"#);
    answers(&["never"]);
    let (engine, _) = engine(r#"{"endpoint":"/permissions"}"#);
    let binding = bind(&engine, document());
    assert_eq!((state("x"), state("y")), ("unknown".into(), "unknown".into()));
    assert!(!is_visible("x") && !is_visible("y"));
    engine.dispose();
    assert!(!is_visible("x") && !is_visible("y"), "hidden after dispose, too");
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn f43_elements_follow_decisions_when_they_are_added_changed_moved_and_removed() {
    show(r#"<div id=here></div><div id=there></div>"#);
    let (engine, _) = granting("a");
    let binding = bind(&engine, document());
    run(r#"const p = document.createElement("p");
        p.innerHTML = '<i id=x data-permission="a"></i><i id=y data-permission="b"></i>';
        byId("here").append(p)"#);
    until("added elements are bound", || state("x") == "granted" && state("y") == "denied").await;
    assert_eq!(binding.size(), 2);
    run(r#"byId("y").setAttribute("data-permission", "a")"#);
    until("a changed requirement is decided", || state("y") == "granted").await;
    run(r#"byId("there").append(byId("x"))"#);
    turned().await;
    assert_eq!((state("x"), binding.size()), ("granted".into(), 2));
    run(
        r#"const clone = byId("x").cloneNode(); clone.id = "clone"; clone.setAttribute("data-permission", "b"); byId("here").append(clone)"#,
    );
    until("a clone is bound", || state("clone") == "denied").await;
    run(r#"byId("here").remove(); byId("x").remove()"#);
    until("removed elements are forgotten", || binding.size() == 0).await;
    show("");
    run(
        r#"const tagged = document.createElement("u"); tagged.id = "u"; document.getElementById("stage").append(tagged); tagged.setAttribute("data-permission", "a")"#,
    );
    until("a requirement that is added later is decided", || state("u") == "granted").await;
    run(r#"byId("u").removeAttribute("data-permission")"#);
    until("a removed requirement leaves no trace", || state("u") == "none" && binding.size() == 0)
        .await;
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn a_requirement_whose_only_element_is_replaced_in_one_task_is_kept() {
    show(
        r#"<div id=here><b id=x data-permission="a"></b><b id=gone data-permission="c"></b></div>"#,
    );
    let (engine, _) = granting("a");
    let binding = bind(&engine, document());
    for round in 0..3 {
        run(
            r#"const fresh = document.createElement("b"); fresh.id = "x"; fresh.dataset.permission = "a";
            byId("here").replaceChildren(fresh)"#,
        );
        until("the new one is granted", || state("x") == "granted").await;
        assert_eq!(binding.size(), 1, "round {round}");
    }
    run(r#"byId("x").dataset.permission = "b"; const other = document.createElement("b");
        other.id = "y"; other.dataset.permission = "a"; byId("here").append(other)"#);
    until("both are decided", || state("x") == "denied" && state("y") == "granted").await;
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn f46_a_malformed_attribute_is_denied_and_reported_with_its_element() {
    show(
        r#"<b id=x data-permission="a b"></b><b id=y data-permission="a b"></b><b id=z data-permission="a" data-permission-resource="*"></b><b id=ok data-permission="a"></b>"#,
    );
    let (engine, host) = granting("a");
    let binding = bind(&engine, document());
    assert_eq!(
        (state("x"), state("y"), state("z"), state("ok")),
        ("denied".into(), "denied".into(), "denied".into(), "granted".into())
    );
    assert_eq!(host.codes(), "malformed-requirement malformed-requirement");
    assert_eq!(host.reported_element(0), by_id("x"));
    assert_eq!(host.reported_element(1), by_id("z"));
    turned().await;
    assert_eq!(host.codes(), "malformed-requirement malformed-requirement");
    binding.disconnect();
}

#[wasm_bindgen_test]
fn f46_attributes_with_control_characters_or_surrogates_do_not_change_how_others_are_read() {
    show("<b></b>".repeat(7).as_str());
    run(
        r#"const tags = [["a"], ["\u{1f512}:x"], ["a", "t/\u{1f512}"], ["b\0a"], ["a", "t/1\0a"], ["\ud800:a", "t"], ["a", "t/1"]];
        for (const [index, element] of [...document.querySelectorAll("b")].entries()) {
            element.id = `tag-${index}`;
            element.setAttribute("data-permission", tags[index][0]);
            if (tags[index][1]) element.setAttribute("data-permission-resource", tags[index][1]);
        }"#,
    );
    let (engine, host) = engine(r#"{"bootstrap":"[\"a\",\"\ud83d\udd12:x\"]"}"#);
    let binding = bind(&engine, document());
    let states: Vec<String> = (0..7).map(|index| state(&format!("tag-{index}"))).collect();
    assert_eq!(states, ["granted", "granted", "granted", "denied", "denied", "denied", "granted"]);
    assert_eq!(host.codes(), "malformed-requirement malformed-requirement");
    assert_eq!(host.reported_element(0), by_id("tag-3"));
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn elements_added_at_once_each_take_the_resource_of_their_own_ancestors() {
    show(
        r#"<div id=root><section id=here data-permission-resource="t/1"><b id=old data-permission="e"></b></section></div><div id=there></div>"#,
    );
    let (engine, _) =
        engine(r#"{"bootstrap":"{\"grants\":[{\"permission\":\"e\",\"resource\":\"t/1\"}]}"}"#);
    let binding = bind(&engine, node("root"));
    run(r#"const template = document.createElement("template");
        template.innerHTML = '<b id=x data-permission="e"></b><b id=y data-permission="e" data-permission-resource="t/2"></b>'
            + '<p data-permission-resource="t/2"><i><b id=z data-permission="e"></b></i></p><p id=host></p>'
            + '<b id=gone data-permission="e"></b><b id=left data-permission="e"></b>';
        byId("here").append(template.content);
        byId("host").attachShadow({ mode: "open" }).innerHTML = '<b data-permission="e"></b>';
        globalThis.inner = byId("host").shadowRoot.firstChild.dataset;
        byId("gone").remove();
        byId("there").append(byId("left"))"#);
    until("they are bound", || binding.size() == 5).await;
    assert_eq!(
        (state("old"), state("x"), state("y"), state("z"), state("left")),
        ("granted".into(), "granted".into(), "denied".into(), "denied".into(), "none".into())
    );
    assert_eq!(run("return inner.permissionState"), "granted");
    binding.disconnect();
}

#[wasm_bindgen_test]
fn f41_a_form_with_fields_named_like_methods_is_gated() {
    show(
        r#"<form id=f data-permission="b"><input name="setAttribute"><input name="getAttribute"><input name="hasAttribute">
        <input name="querySelectorAll"><input name="dataset"><input name="hidden"><input name="children"><input name="parentNode"></form>"#,
    );
    let (engine, _) = granting("a");
    let binding = bind(&engine, document());
    assert_eq!(state("f"), "denied");
    assert!(!is_visible("f"));
    binding.disconnect();
    assert_eq!(state("f"), "none");
}

#[wasm_bindgen_test]
async fn f41_a_later_form_with_fields_named_like_methods_is_gated_with_its_content() {
    show("<div id=here></div>");
    let (engine, _) = granting("a");
    let binding = bind(&engine, document());
    run(
        r#"byId("here").innerHTML = '<form id=f data-permission="b"><input name="querySelectorAll"><input name="hasAttribute"><b id=x data-permission="a"></b></form>'"#,
    );
    until("both are decided", || state("f") == "denied" && state("x") == "granted").await;
    run(r#"Element.prototype.remove.call(byId("f"))"#);
    until("both are forgotten", || binding.size() == 0).await;
    binding.disconnect();
}

#[wasm_bindgen_test]
fn f42_author_css_cannot_show_a_hidden_element() {
    show(
        r#"<style>#x#x#x#x { display: flex !important }</style><b id=x data-permission="b">x</b>"#,
    );
    let (engine, _) = granting("a");
    let binding = bind(&engine, document());
    assert!(!is_visible("x"));
    binding.disconnect();
    assert!(is_visible("x"), "disconnect restores the page");
}

#[wasm_bindgen_test]
async fn f44_the_binders_own_writes_do_not_keep_it_busy() {
    show(r#"<b id=x data-permission="a"></b><b id=y data-permission="b"></b>"#);
    let counter = Counter::start();
    let (engine, _) = granting("a");
    let binding = bind(&engine, document());
    binding.refresh();
    for _ in 0..20 {
        turned().await;
    }
    assert_eq!(counter.count(), 4, "each element is written once, and once more by `refresh`");
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn a_resource_attribute_asks_about_that_resource() {
    show(
        r#"<b id=x data-permission="e" data-permission-resource="t/1"></b><b id=y data-permission="e" data-permission-resource="t/2"></b><b id=z data-permission="e"></b>"#,
    );
    let (engine, _) =
        engine(r#"{"bootstrap":"{\"grants\":[{\"permission\":\"e\",\"resource\":\"t/1\"}]}"}"#);
    let binding = bind(&engine, document());
    assert_eq!(
        (state("x"), state("y"), state("z")),
        ("granted".into(), "denied".into(), "denied".into())
    );
    run(r#"byId("y").setAttribute("data-permission-resource", "t/1")"#);
    until("a changed resource is decided", || state("y") == "granted").await;
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn f47_a_revocation_hides_elements_before_listeners_are_called() {
    show(r#"<b id=x data-permission="a"></b>"#);
    answers(&["a", "b"]);
    let (engine, host) = engine(r#"{"endpoint":"/permissions"}"#);
    let binding = bind(&engine, document());
    until("granted", || state("x") == "granted").await;
    let states = Rc::new(std::cell::RefCell::new(String::new()));
    let recorder = Rc::clone(&states);
    host.set_on_published(&callback(move || *recorder.borrow_mut() += &state("x")));
    engine.refresh();
    until("revoked", || state("x") == "denied").await;
    assert_eq!(*states.borrow(), "denied");
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn a_custom_element_may_disconnect_the_binding_in_the_middle_of_a_write() {
    run(
        r#"customElements.get("x-rude") ?? customElements.define("x-rude", class extends HTMLElement {
        static observedAttributes = ["data-permission-state"];
        attributeChangedCallback() { globalThis.rude?.(); }
    })"#,
    );
    show(r#"<x-rude id=x data-permission="a"></x-rude><x-rude id=y data-permission="a"></x-rude>"#);
    let (engine, _) = granting("a");
    let binding = Rc::new(bind(&engine, document()));
    let (inner, asking) = (Rc::clone(&binding), Rc::clone(&engine));
    let rude = callback(move || {
        assert_eq!(asking.decide("a", None), 1);
        inner.refresh();
        inner.disconnect();
    });
    js_sys::Reflect::set(&js_sys::global(), &"rude".into(), &rude).expect("set");
    run(
        r#"byId("x").setAttribute("data-permission", "b"); byId("y").setAttribute("data-permission", "b")"#,
    );
    turned().await;
    run("globalThis.rude = undefined");
    assert_eq!(engine.decide("a", None), 1, "the module is alive");
    assert_eq!(binding.size(), 0);
}

#[wasm_bindgen_test]
async fn ten_thousand_elements_come_and_go_without_a_trace() {
    show("<div id=here></div>");
    let (engine, _) = granting("p0 p1 p2");
    let binding = bind(&engine, document());
    for _ in 0..3 {
        run(
            r#"byId("here").innerHTML = Array.from({ length: 10000 }, (_, i) => `<i data-permission="p${i % 100}"></i>`).join("")"#,
        );
        until("all are bound", || binding.size() == 10_000).await;
        let granted =
            run(r#"return document.querySelectorAll("[data-permission-state=granted]").length"#);
        assert_eq!(granted.as_f64(), Some(300.0));
        run(r#"byId("here").replaceChildren()"#);
        until("all are forgotten", || binding.size() == 0).await;
    }
    binding.disconnect();
}

fn node(id: &str) -> web_sys::Node {
    by_id(id).unchecked_into()
}

#[wasm_bindgen_test]
fn a_root_that_left_the_page_can_be_disconnected() {
    show(r#"<div id=root><b id=x data-permission="b"></b></div>"#);
    let (engine, _) = granting("a");
    let sheets = || run("return document.adoptedStyleSheets.length").as_f64();
    let before = sheets();
    let binding = bind(&engine, node("root"));
    assert!(!is_visible("x"));
    run(r#"globalThis.left = byId("root"); left.remove()"#);
    binding.disconnect();
    binding.disconnect();
    assert_eq!((sheets(), engine.decide("a", None)), (before, 1));
}

#[wasm_bindgen_test]
fn a_disconnected_binding_binds_no_more_elements() {
    show(r#"<b id=x data-permission="a"></b>"#);
    let (engine, _) = granting("a");
    let binding = bind(&engine, document());
    binding.disconnect();
    binding.refresh();
    assert_eq!((state("x"), binding.size()), ("none".into(), 0));
}

#[wasm_bindgen_test]
fn f49_dispose_in_a_listener_hides_everything() {
    show(r#"<b id=x data-permission="a"></b>"#);
    let (engine, host) = granting("a");
    let binding = bind(&engine, document());
    let inner = Rc::clone(&engine);
    host.set_on_published(&callback(move || inner.dispose()));
    engine.invalidate();
    assert_eq!((state("x"), is_visible("x")), ("unknown".into(), false));
    binding.disconnect();
    assert_eq!((state("x"), is_visible("x")), ("none".into(), true));
}

#[wasm_bindgen_test]
async fn an_element_that_is_moved_out_of_the_root_is_hidden() {
    show(r#"<div id=root><b id=x data-permission="a"></b></div><div id=there></div>"#);
    let (engine, _) = granting("a");
    let binding = bind(&engine, node("root"));
    assert_eq!(state("x"), "granted");
    run(r#"byId("there").append(byId("x"))"#);
    until("its state is removed", || state("x") == "none" && binding.size() == 0).await;
    assert!(!is_visible("x"));
    binding.disconnect();
}

#[wasm_bindgen_test]
fn an_element_with_two_bindings_keeps_its_state_when_the_inner_one_is_disconnected() {
    show(r#"<div id=root><b id=x data-permission="a"></b></div>"#);
    let (engine, _) = granting("a");
    let (outer, inner) = (bind(&engine, document()), bind(&engine, node("root")));
    inner.disconnect();
    assert_eq!((state("x"), is_visible("x")), ("granted".into(), true));
    outer.disconnect();
    assert_eq!(state("x"), "none");
}

#[wasm_bindgen_test]
async fn an_untagged_element_in_a_removed_parent_is_forgotten() {
    show(r#"<div id=parent><b id=x data-permission="a"></b></div>"#);
    let (engine, _) = granting("a");
    let binding = bind(&engine, document());
    run(r#"byId("x").removeAttribute("data-permission"); byId("parent").remove()"#);
    until("it is forgotten", || binding.size() == 0).await;
    binding.disconnect();
}

#[wasm_bindgen_test]
fn refresh_restores_a_state_that_the_page_removed() {
    show(r#"<b id=x data-permission="a"></b>"#);
    let (engine, _) = granting("a");
    let binding = bind(&engine, document());
    run(r#"byId("x").removeAttribute("data-permission-state")"#);
    assert!(!is_visible("x"));
    binding.refresh();
    assert!(is_visible("x"));
    binding.disconnect();
}

#[wasm_bindgen_test]
fn f42_refresh_restores_a_stylesheet_that_the_page_removed_in_place() {
    show(r#"<b id=x data-permission="b"></b>"#);
    let (engine, _) = granting("a");
    let binding = bind(&engine, document());
    run("document.adoptedStyleSheets.length = 0");
    assert!(is_visible("x"));
    binding.refresh();
    assert!(!is_visible("x"));
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn f42_a_stylesheet_removed_in_place_is_restored_soon_after_the_next_dom_change() {
    show(r#"<b id=x data-permission="b"></b>"#);
    let (engine, _) = granting("a");
    let binding = bind(&engine, document());
    run("document.adoptedStyleSheets.length = 0; byId('x').append(document.createElement('i'))");
    until("it is hidden again", || !is_visible("x")).await;
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn a_root_that_is_bound_before_it_is_in_the_page_is_gated_there() {
    show("<div id=here></div>");
    run(r#"const root = document.createElement("div"); root.id = "root";
        root.innerHTML = '<b id=x data-permission="b"></b>'; globalThis.root = root"#);
    let (engine, _) = granting("a");
    let binding = bind(&engine, run("return globalThis.root").unchecked_into());
    run(r#"byId("here").append(globalThis.root)"#);
    binding.refresh();
    assert!(!is_visible("x"));
    binding.disconnect();
}

#[wasm_bindgen_test]
async fn f47_a_hidden_element_loses_the_focus_at_once_and_a_visible_one_keeps_it() {
    show(
        r#"<div id=whole data-permission="a"><button id=inner>x</button></div>
        <div data-permission="a"><div id=host></div></div><button id=other>y</button>"#,
    );
    run(r#"byId("host").attachShadow({ mode: "open" }).innerHTML = "<button>z</button>""#);
    for (focus, focused_tag) in [
        (r#"byId("inner").focus()"#, "BODY"),
        (r#"byId("host").shadowRoot.firstChild.focus()"#, "BODY"),
        (r#"byId("other").focus()"#, "BUTTON"),
    ] {
        answers(&["a", "b"]);
        let (engine, host) = engine(r#"{"endpoint":"/permissions"}"#);
        let binding = bind(&engine, document());
        until("it is shown", || state("whole") == "granted").await;
        run(focus);
        // Listeners run before the engine renders, which in some engines takes the focus away, too.
        let active = Rc::new(std::cell::RefCell::new(String::new()));
        let recorder = Rc::clone(&active);
        host.set_on_published(&callback(move || {
            let name = run("return document.activeElement.tagName").as_string();
            *recorder.borrow_mut() = name.unwrap_or_default();
        }));
        engine.refresh();
        until("it is hidden", || state("whole") == "denied").await;
        assert_eq!(*active.borrow(), focused_tag, "{focus}");
        engine.dispose();
        binding.disconnect();
    }
}

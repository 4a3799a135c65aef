//! Menus that close by themselves. Without script they are closed by the button that opened them.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, Node};

/// Closes an open menu when something outside it or a link in it is clicked, and on Esc, which gives
/// the focus back to its button.
pub(crate) fn watch() {
    let _ = window_event_listener_untyped("click", |event| clicked(&event));
    let _ = window_event_listener_untyped("keydown", |event| pressed(&event));
}

fn clicked(event: &Event) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let is_link = target.as_ref().is_some_and(|target| matches!(target.closest("a"), Ok(Some(_))));
    let node = target.as_ref().map(AsRef::<Node>::as_ref);
    if let Some(menu) = open_menu()
        && (is_link || !menu.contains(node))
    {
        close(&menu);
    }
}

fn pressed(event: &Event) {
    let is_escape = event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Escape");
    if is_escape && let Some(menu) = open_menu() {
        close(&menu);
        let button = menu.query_selector("summary").ok().flatten();
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            // A summary takes focus.
            let _ = button.focus();
        }
    }
}

/// At most one is open: menus with one name close each other.
fn open_menu() -> Option<Element> {
    document().query_selector("details.menu[open]").ok().flatten()
}

fn close(menu: &Element) {
    // Removing an attribute never fails.
    let _ = menu.remove_attribute("open");
}

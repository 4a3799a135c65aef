//! Putting text into the clipboard, step by step down to what the browser allows. It is called in a
//! click, says truthfully how it ended, and shows the text to nobody.

use std::{cell::RefCell, rc::Rc, time::Duration};

use js_sys::{Array, Object, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{
    Blob, BlobPropertyBag, Clipboard, ClipboardItem, Element, HtmlDocument, HtmlElement,
    HtmlTextAreaElement,
};

use crate::Failure;

const PLAIN_TEXT: &str = "text/plain";
/// For how long a text waits for Ctrl+C.
const PATIENCE: Duration = Duration::from_secs(30);

/// How far a copy came.
pub(crate) enum Copied {
    /// The text is in the clipboard.
    Yes,
    /// The browser wants another click, and [`copy_selected`] in it.
    OnceMore(String),
}

/// Begins to copy what `text` will be. Call it in the click itself: browsers allow it only there,
/// and Safari no longer once the text has been waited for.
pub(crate) fn copy(
    text: impl Future<Output = Result<String, Failure>> + 'static,
) -> impl Future<Output = Result<Copied, Failure>> {
    let arrived = Rc::new(RefCell::new(Err(Failure::Unreachable)));
    let keep = Rc::clone(&arrived);
    let promise = future_to_promise(async move {
        let text = text.await;
        let blob = text.as_deref().ok().and_then(blob_of);
        *keep.borrow_mut() = text;
        blob.map(JsValue::from).ok_or(JsValue::UNDEFINED)
    });
    let fetched = JsFuture::from(promise.clone());
    let written = write(&promise).map(JsFuture::from);
    async move {
        // Whether it was fetched is told by what arrived.
        let _ = fetched.await;
        let is_written = match written {
            Some(written) => written.await.is_ok(),
            None => false,
        };
        let text = arrived.replace(Err(Failure::Unreachable))?;
        if is_written || write_text(&text).await || copy_selected(&text) {
            Ok(Copied::Yes)
        } else {
            Ok(Copied::OnceMore(text))
        }
    }
}

/// Copies through a selection, as browsers allow it in a click without the clipboard's interface:
/// on pages that came over plain HTTP.
pub(crate) fn copy_selected(text: &str) -> bool {
    let before = document().active_element();
    let Some(field) = select(text) else { return false };
    let document: HtmlDocument = document().unchecked_into();
    let is_copied = document.exec_command("copy").unwrap_or(false);
    field.remove();
    if let Some(before) = before {
        // Where focus cannot go back to, it does not matter any more.
        let _ = before.unchecked_into::<HtmlElement>().focus();
    }
    is_copied
}

/// Leaves the text selected, out of sight, for Ctrl+C; until focus moves on.
pub(crate) fn leave_selected(text: &str) {
    let Some(field) = select(text) else { return };
    let blurred = field.clone();
    let remove = Closure::once_into_js(move || blurred.remove());
    field.set_onblur(Some(remove.unchecked_ref()));
    set_timeout(move || field.remove(), PATIENCE);
}

/// The interface, where the browser offers it: over TLS and on the machine itself.
fn clipboard() -> Option<Clipboard> {
    let navigator = window().navigator();
    let found = Reflect::get(&navigator, &"clipboard".into()).ok()?;
    (!found.is_undefined()).then(|| found.unchecked_into())
}

fn write(text: &Promise) -> Option<Promise> {
    let clipboard = clipboard()?;
    Reflect::get(&window(), &"ClipboardItem".into()).ok().filter(JsValue::is_function)?;
    let contents = Object::new();
    Reflect::set(&contents, &PLAIN_TEXT.into(), text).ok()?;
    let item = ClipboardItem::new_with_record_from_str_to_blob_promise(&contents).ok()?;
    Some(clipboard.write(&Array::of1(&item)))
}

async fn write_text(text: &str) -> bool {
    match clipboard() {
        Some(clipboard) => JsFuture::from(clipboard.write_text(text)).await.is_ok(),
        None => false,
    }
}

fn blob_of(text: &str) -> Option<Blob> {
    let kind = BlobPropertyBag::new();
    kind.set_type(PLAIN_TEXT);
    Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &kind).ok()
}

/// A field out of sight with the text selected. While a dialog is open nothing outside it can be.
fn select(text: &str) -> Option<HtmlTextAreaElement> {
    let parent: Element = match document().query_selector("dialog[open]").ok()? {
        Some(dialog) => dialog,
        None => document().body()?.into(),
    };
    let field: HtmlTextAreaElement = document().create_element("textarea").ok()?.unchecked_into();
    field.set_class_name("visually-hidden");
    field.set_read_only(true);
    field.set_attribute("aria-label", "Selected for copying").ok()?;
    field.set_value(text);
    parent.append_child(&field).ok()?;
    field.focus().ok()?;
    field.select();
    Some(field)
}

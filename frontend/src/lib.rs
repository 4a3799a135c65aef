//! The browser's entry: takes over the page that the server rendered.

/// Hydrates the page.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    app::start();
}

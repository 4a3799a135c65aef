//! The browser's entry: takes over the page that the server rendered.

/// Hydrates the page.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    app::start();
}

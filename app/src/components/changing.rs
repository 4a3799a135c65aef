//! Parts of a page that are made anew in the browser whenever something changes.

use leptos::prelude::*;

/// A part that depends on signals. On the server nothing changes, so it is made once there; as a
/// function it would be made twice, first only to see whether something in it has to be waited for.
pub(crate) fn changing(part: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    if cfg!(feature = "ssr") { untrack(part) } else { part.into_any() }
}

//! What is said aloud, to people who listen to a page.

use std::time::Duration;

use leptos::prelude::*;

/// Between emptying the status and filling it, so that the same words are spoken again.
const PAUSE: Duration = Duration::from_millis(100);

/// Speaks through the one status of the page, which the frame holds.
pub(crate) fn announce(words: String) {
    let Some(status) = document().get_element_by_id("status") else { return };
    status.set_text_content(None);
    set_timeout(move || status.set_text_content(Some(&words)), PAUSE);
}

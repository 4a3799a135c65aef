//! What pages share.

pub(crate) mod bower;
pub(crate) mod clipboard;
pub(crate) mod code_block;
pub(crate) mod confirm_identity;
pub(crate) mod copy_button;
pub(crate) mod error_summary;
pub(crate) mod feed_head;
pub(crate) mod figures;
pub(crate) mod form_answer;
pub(crate) mod frame;
pub(crate) mod list_filter;
pub(crate) mod npm;
pub(crate) mod old_value;
pub(crate) mod page_title;
pub(crate) mod password_field;
pub(crate) mod problem;
pub(crate) mod secret_field;
pub(crate) mod status;
pub(crate) mod text_field;
pub(crate) mod time;
pub(crate) mod token_act;
pub(crate) mod token_answer;
pub(crate) mod token_status;
pub(crate) mod token_urls;
pub(crate) mod token_value;
pub(crate) mod token_words;

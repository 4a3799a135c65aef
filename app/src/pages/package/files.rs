//! The files of a version, with what proves that they are whole.

use leptos::prelude::*;
use model::views::{ArchiveView, PackagePage as Page};

use crate::components::{
    code_block::CodeBlock,
    copy_button::{CopyButton, Source},
    figures::{count, counted, size},
    npm::VARIABLE,
};

/// The section: the file that stands for the version, and those beside it folded up.
pub(super) fn files(page: &Page) -> impl IntoView + use<> {
    let archive = &page.shown.archive;
    let title = if page.shown.files.is_empty() { "Archive" } else { "Files" };
    let others = page.shown.files.iter().map(other).collect_view();
    let more = (page.shown.more_files > 0).then(|| {
        view! { <p class="muted">{format!("And {} more.", count(page.shown.more_files))}</p> }
    });
    let address = &archive.address;
    let (words, command) = if page.is_public {
        ("Anyone may download it.", format!("curl -fO {address}"))
    } else {
        (
            "Downloading takes a token that may read the feed; being signed in here does not count there.",
            format!("curl -fO -H \"Authorization: Bearer ${VARIABLE}\" {address}"),
        )
    };
    view! {
        <section class="section" aria-labelledby="archive">
            <h2 id="archive">{title}</h2>
            <p class="meta"><span>{archive.file.clone()}</span><span>{size(archive.size)}</span><span>{counted(page.shown.downloads, "download")}</span></p>
            {hashes(archive, false)}
            <p>{words}</p>
            <CodeBlock place="Terminal" what="the download command" text=command/>
            {others}
            {more}
        </section>
    }
}

fn other(file: &ArchiveView) -> impl IntoView + use<> {
    view! {
        <details class="folded">
            <summary>{file.file.clone()}" "<span class="muted">{size(file.size)}</span></summary>
            {hashes(file, true)}
        </details>
    }
}

/// Its digests; `is_one_of_many` says that the buttons have to name the file too.
fn hashes(file: &ArchiveView, is_one_of_many: bool) -> impl IntoView + use<> {
    let ArchiveView { integrity, sha256, sha1, file, .. } = file.clone();
    let rows = [("SHA-512", integrity), ("SHA-256", sha256), ("SHA-1", sha1)].map(|(name, value)| {
        let what = if is_one_of_many { format!("{name} of {file}") } else { name.to_owned() };
        view! {
            <div>
                <dt>{name}</dt>
                <dd class="hash"><code>{value.clone()}</code><CopyButton what source=Source::Text(value) is_quiet=true/></dd>
            </div>
        }
    });
    view! { <dl class="facts">{rows.into_iter().collect_view()}</dl> }
}

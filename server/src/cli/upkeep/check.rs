//! `latchkey verify` and `latchkey gc`.

use clap::Args;
use model::size::in_words;
use registry::{
    Settings,
    upkeep::{Upkeep, Verdict},
};
use serde_json::json;

use super::{
    super::{audit, failure::Failure, output},
    failed, list,
};

pub(super) const VERIFY_EXAMPLES: &str = "\
Every package file is read and compared with its digest, and the chain of the audit log is walked. The
exit code is 1 if a file is missing or corrupt or the log broken. Files that nothing refers to are
listed and are no fault: the server removes them when they are a day old.

Examples:
  latchkey verify --data /srv/latchkey
  latchkey verify --json";

pub(super) const GC_EXAMPLES: &str = "\
Only files are removed that nothing has referred to and that are a day old, so that uploads in progress
are safe: the server may run, and does the same every hour.

Examples:
  latchkey gc --dry-run
  latchkey gc --data /srv/latchkey";

/// How the verdict is told.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl VerifyArgs {
    pub(super) async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let data = Upkeep::open(settings).await.map_err(failed)?;
        let verdict = data.verify().await;
        data.close().await;
        let verdict = verdict?;
        if self.json {
            output::json(&as_json(&verdict))?;
        } else if verdict.is_good() {
            output::data(&in_short(&verdict))?;
        }
        if !self.json && !verdict.orphans.is_empty() {
            let bytes: u64 = verdict.orphans.iter().map(|(_, size)| size).sum();
            let lines: Vec<String> =
                verdict.orphans.iter().map(|(hash, _)| format!("orphaned {hash}")).collect();
            output::say(&format!(
                "Nothing refers to {} ({}); they are removed when they are a day old.",
                lines.len(),
                in_words(bytes)
            ));
            output::say(&lines.join("\n"));
        }
        if verdict.is_good() { Ok(()) } else { Err(Failure::Refused(faults(&verdict))) }
    }
}

fn in_short(verdict: &Verdict) -> String {
    let Verdict { blobs, bytes, audit, .. } = verdict;
    let rows = audit.as_ref().map_or(0, |tip| tip.seq);
    format!(
        "All {blobs} package files ({}) are whole, and so is the audit log ({rows} rows).",
        in_words(*bytes)
    )
}

fn faults(verdict: &Verdict) -> String {
    let mut words = Vec::new();
    if !verdict.damaged.is_empty() {
        words.push(format!(
            "{} of {} package files are missing or corrupt. Put them back from a backup, or delete and \
             publish anew.\n{}",
            verdict.damaged.len(),
            verdict.blobs + verdict.damaged.len() as u64,
            list(&verdict.damaged)
        ));
    }
    if let Err(broken) = verdict.audit {
        words.push(audit::in_words(broken));
    }
    words.join("\n")
}

fn as_json(verdict: &Verdict) -> serde_json::Value {
    let orphans: Vec<_> = verdict
        .orphans
        .iter()
        .map(|(sha256, bytes)| json!({ "sha256": sha256, "bytes": bytes }))
        .collect();
    json!({
        "good": verdict.is_good(),
        "blobs": verdict.blobs,
        "bytes": verdict.bytes,
        "damaged": verdict.damaged,
        "orphaned": orphans,
        "audit": audit::as_json(&verdict.audit),
    })
}

/// Whether anything is removed.
#[derive(Debug, Args)]
pub(crate) struct GcArgs {
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
}

impl GcArgs {
    pub(super) async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let data = Upkeep::open(settings).await.map_err(failed)?;
        let swept = data.collect_garbage(self.dry_run).await;
        data.close().await;
        let swept = swept?;
        let done = if self.dry_run { "Would remove" } else { "Removed" };
        output::data(&format!(
            "{done} {} package files ({}).",
            swept.blobs,
            in_words(swept.bytes)
        ))?;
        if swept.is_held_up {
            output::say(
                "A backup is being made, or was a moment ago: nothing is removed for 10 minutes.",
            );
        }
        Ok(())
    }
}

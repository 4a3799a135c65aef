//! `latchkey audit`.

use clap::{Args, Subcommand};
use model::{
    audit::{Act, Group},
    expiry::parse_date,
    listing::AuditQuery,
    timestamp::Timestamp,
};
use registry::{
    Services,
    audit::{Broken, LoggedAct, Reader, Verdict},
};
use serde_json::json;

use super::{failure::Failure, output, table::table};
use crate::audit_export::Format;

const LIST_EXAMPLES: &str = "\
Days and times are UTC. The newest rows come first.

Examples:
  latchkey audit list --since 2027-02-01 --account ana
  latchkey audit list --act token.reveal --json
  latchkey audit list --act sign-in --most 1000";

const EXPORT_EXAMPLES: &str = "\
Every row that the filters leave, the newest first. JSON Lines hold all that was hashed.

Examples:
  latchkey audit export --format csv > audit.csv
  latchkey audit export --format jsonl --since 2027-01-01 --feed main > audit.jsonl";

const VERIFY_EXAMPLES: &str = "\
Each row of the log carries a hash of itself and of the row before. A row that was changed or removed
later breaks the chain there, and the command ends with exit code 1. A server may go on writing.

The chain cannot show by itself that its last rows were cut off, or that somebody who may write to the
database computed all of it anew. Keep the number and hash that the command prints on another machine,
and give them to a later run with --expect.

Examples:
  latchkey audit verify --data /srv/latchkey
  latchkey audit verify --expect 812:3f9a0c41d2e7…
  latchkey audit verify --json";

/// Fewer digits of a hash prove too little.
const FEWEST_DIGITS: usize = 12;

/// What can be done with the audit log.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// List rows of the audit log
    #[command(after_help = LIST_EXAMPLES)]
    List {
        #[command(flatten)]
        filter: Filter,
        /// The most rows to list
        #[arg(long, value_name = "COUNT", default_value_t = 50)]
        most: usize,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write rows of the audit log to standard output
    #[command(after_help = EXPORT_EXAMPLES)]
    Export {
        /// How rows are written
        #[arg(long)]
        format: Format,
        #[command(flatten)]
        filter: Filter,
    },
    /// Check that no row of the audit log was changed or removed
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify {
        /// A row that was noted down, by its number and hash: it has to be there still
        #[arg(long, value_name = "SEQ:HASH", value_parser = noted)]
        expect: Option<(i64, String)>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Which rows.
#[derive(Debug, Args)]
pub(crate) struct Filter {
    /// From this day on
    #[arg(long, value_name = "DATE", value_parser = day)]
    since: Option<Timestamp>,
    /// Up to this day, which counts whole
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<Timestamp>,
    /// An act such as token.create, or a group of acts such as tokens
    #[arg(long, value_name = "ACT", value_parser = act)]
    act: Option<String>,
    /// Who did it, or whom it concerns: a user name
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// In this feed
    #[arg(long, value_name = "NAME")]
    feed: Option<String>,
}

fn day(text: &str) -> Result<Timestamp, &'static str> {
    parse_date(text).map(Timestamp::start_of).ok_or("write a day as 2027-02-22")
}

fn act(text: &str) -> Result<String, String> {
    if Act::of(text).is_some() || Group::of(text).is_some() {
        return Ok(text.to_owned());
    }
    let groups: Vec<_> = Group::ALL.iter().map(|group| group.word()).collect();
    let acts: Vec<_> =
        Group::ALL.iter().flat_map(|group| group.acts()).map(|act| act.name()).collect();
    Err(format!("groups: {}. Acts: {}", groups.join(", "), acts.join(", ")))
}

fn noted(text: &str) -> Result<(i64, String), String> {
    let parts = text.split_once(':').and_then(|(seq, hash)| Some((seq.parse().ok()?, hash)));
    let is_hash = |hash: &str| {
        hash.len() >= FEWEST_DIGITS && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    match parts {
        Some((seq, hash)) if seq > 0 && is_hash(hash) => Ok((seq, hash.to_ascii_lowercase())),
        _ => Err(format!(
            "write the row's number, a colon, and at least {FEWEST_DIGITS} digits of its hash"
        )),
    }
}

impl Filter {
    fn query(self) -> AuditQuery {
        AuditQuery {
            who: self.account.unwrap_or_default(),
            what: self.act.unwrap_or_default(),
            feed: self.feed.unwrap_or_default(),
            from: self.since,
            to: self.until,
            before: None,
        }
    }
}

impl AuditCommand {
    pub(super) async fn run(self, services: &Services) -> Result<(), Failure> {
        match self {
            Self::List { filter, most, json } => list(services, &filter.query(), most, json).await,
            Self::Export { format, filter } => export(services, &filter.query(), format).await,
            Self::Verify { expect, json } => verify(services, expect, json).await,
        }
    }
}

async fn list(
    services: &Services,
    query: &AuditQuery,
    most: usize,
    json: bool,
) -> Result<(), Failure> {
    let mut export = services.audit.export(&Reader::Operator, query).await?;
    let mut acts = Vec::new();
    while acts.len() < most {
        let more = services.audit.next_of(&mut export).await?;
        if more.is_empty() {
            break;
        }
        acts.extend(more);
    }
    acts.truncate(most);
    if json {
        return output::json(&acts);
    }
    let row = |act: LoggedAct| {
        let by = match act.actor_kind.as_str() {
            "operator" => format!("operator {}", act.actor_name),
            _ => act.actor_name,
        };
        let about = act.account.filter(|name| *name != by).unwrap_or_default();
        let feed = act.feed.unwrap_or_default();
        [act.seq.to_string(), act.time, by, act.act, act.subject, about, feed, act.address]
    };
    let heads = ["row", "time", "by", "act", "subject", "account", "feed", "address"];
    output::data(&table(heads, acts.into_iter().map(row).collect()))
}

async fn export(services: &Services, query: &AuditQuery, format: Format) -> Result<(), Failure> {
    let mut export = services.audit.export(&Reader::Operator, query).await?;
    output::raw(&format.head())?;
    loop {
        let acts = services.audit.next_of(&mut export).await?;
        if acts.is_empty() {
            return Ok(());
        }
        let lines = format.lines(&acts).map_err(|error| Failure::Output(error.into()))?;
        output::raw(&lines)?;
    }
}

async fn verify(
    services: &Services,
    expect: Option<(i64, String)>,
    json: bool,
) -> Result<(), Failure> {
    let expected = expect.as_ref().map(|(seq, hash)| (*seq, hash.as_str()));
    let verdict = services.audit.verify(expected).await?;
    if json {
        output::json(&as_json(&verdict))?;
    }
    match verdict {
        Ok(_) if json => Ok(()),
        Ok(tip) => output::data(&format!(
            "The audit log is whole. Rows: {}.\nNewest row: {}:{}",
            tip.seq, tip.seq, tip.hash
        )),
        Err(broken) => Err(Failure::Refused(in_words(broken))),
    }
}

/// A verdict for programs.
pub(super) fn as_json(verdict: &Verdict) -> serde_json::Value {
    let tip = verdict.as_ref().ok();
    json!({
        "whole": tip.is_some(),
        "rows": tip.map(|tip| tip.seq),
        "newest": tip.map(|tip| &tip.hash),
        "first_broken": match verdict {
            Err(Broken::At(row) | Broken::Other(row)) => Some(*row),
            Err(Broken::Short(row)) => Some(row + 1),
            Ok(_) => None,
        },
    })
}

/// Where the chain does not hold, for people.
pub(super) fn in_words(broken: Broken) -> String {
    match broken {
        Broken::At(row) => format!(
            "the audit log is broken at row {row}: this row or the one before it was changed or \
             removed after it was written. Compare with a backup."
        ),
        Broken::Other(row) => format!(
            "row {row} of the audit log is not the one that was expected: the log was written anew \
             after its hash was noted down. Compare with a backup."
        ),
        Broken::Short(row) => format!(
            "the audit log ends with row {row}, before the one that was expected: its last rows were \
             removed. Compare with a backup."
        ),
    }
}

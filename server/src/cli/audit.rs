//! `latchkey audit`.

use clap::Subcommand;
use registry::Services;
use serde_json::json;

use super::{failure::Failure, output};

const VERIFY_EXAMPLES: &str = "\
Each row of the log carries a hash of itself and of the row before. A row that was changed or removed
later breaks the chain there, and the command ends with exit code 1.

Examples:
  latchkey audit verify --data /srv/latchkey
  latchkey audit verify --json";

/// What can be done with the audit log.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check that no row of the audit log was changed or removed
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl AuditCommand {
    pub(super) async fn run(self, services: &Services) -> Result<(), Failure> {
        let Self::Verify { json } = self;
        let verdict = services.audit.verify().await?;
        if json {
            let (rows, broken) = (verdict.ok(), verdict.err());
            output::json(
                &json!({ "whole": broken.is_none(), "rows": rows, "first_broken": broken }),
            )?;
        }
        match verdict {
            Ok(_) if json => Ok(()),
            Ok(rows) => output::data(&format!("The audit log is whole. Rows: {rows}.")),
            Err(row) => Err(Failure::Refused(format!(
                "the audit log is broken at row {row}: this row or the one before it was changed or \
                 removed after it was written. Compare with a backup."
            ))),
        }
    }
}

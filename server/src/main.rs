//! The `latchkey` program. All of it is in the library, so that tests can drive the real thing.

use std::process::ExitCode;

fn main() -> ExitCode {
    latchkey_server::run(std::env::args_os())
}

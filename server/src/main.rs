//! The `latchkey` program. All of it is in the library, so that tests can drive the real thing.

use std::process::ExitCode;

/// A request takes many small pieces of memory and lets them go again; the system's allocator took a
/// tenth of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    latchkey_server::run(std::env::args_os())
}

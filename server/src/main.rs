//! The `latchkey` program. All of it is in the library, so that tests can drive the real thing.

use std::process::ExitCode;

/// Half of what a request does is small pieces of memory, made by one thread and let go by another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    latchkey_server::run(std::env::args_os())
}

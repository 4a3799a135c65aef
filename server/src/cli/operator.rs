//! Who runs the command, as the operating system knows them.

/// The name of the user this process belongs to. It goes into the audit log, so it is asked of the
/// system by the user's number; a variable could say anything.
#[cfg(unix)]
pub(super) fn name() -> String {
    use nix::unistd::{Uid, User};

    let id = Uid::current();
    match User::from_uid(id) {
        Ok(Some(user)) => user.name,
        // Containers often run under a number without a name.
        Ok(None) | Err(_) => format!("user {id}"),
    }
}

/// The name of the user, as the session's variables say it.
#[cfg(not(unix))]
pub(super) fn name() -> String {
    std::env::var("USERNAME").unwrap_or_else(|_| "unknown user".to_owned())
}

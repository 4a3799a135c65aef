//! Files that were being written when the program or the machine was cut off. The store writes each blob
//! under a name of its own first, `…#1`, and lists no such file, so nobody else would find them.

use std::{ffi::OsStr, fs, io, path::Path};

use model::timestamp::Timestamp;

use super::sweep::{ORPHAN_AFTER, Swept};
use crate::clock::{Clock as _, SystemClock};

/// Removes those below a folder that are too old to belong to an upload in progress; a rehearsal only
/// counts them. It blocks.
pub(super) fn remove(folder: &Path, is_rehearsal: bool) -> io::Result<Swept> {
    // The machine's clock has dated them.
    let now = SystemClock.now();
    let (mut swept, mut folders) = (Swept::default(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if is_unfinished(&entry.file_name()) {
                look_at(&entry.path(), now, is_rehearsal, &mut swept)?;
            }
        }
    }
    Ok(swept)
}

fn is_unfinished(name: &OsStr) -> bool {
    let digits = name.to_str().and_then(|name| name.split_once('#'));
    digits.is_some_and(|(_, rest)| !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_digit()))
}

fn look_at(path: &Path, now: Timestamp, is_rehearsal: bool, swept: &mut Swept) -> io::Result<()> {
    let is_gone = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    let found = match fs::metadata(path) {
        Ok(found) => found,
        // Finished, meanwhile.
        Err(error) if is_gone(&error) => return Ok(()),
        Err(error) => return Err(error),
    };
    let written = found.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let written = i64::try_from(written.as_millis()).unwrap_or(i64::MAX);
    if now.since(Timestamp::from_millis(written)) <= ORPHAN_AFTER {
        return Ok(());
    }
    if !is_rehearsal {
        match fs::remove_file(path) {
            Err(error) if !is_gone(&error) => return Err(error),
            _ => {}
        }
    }
    swept.blobs += 1;
    swept.bytes += found.len();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_being_written_goes() {
        for (name, expected) in
            [("ab#1", true), ("ab#12", true), ("ab", false), ("ab#", false), ("ab#x", false)]
        {
            assert_eq!(is_unfinished(OsStr::new(name)), expected, "{name}");
        }
    }
}

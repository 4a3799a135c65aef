//! What the system tells of a process.

use std::{fs, path::PathBuf};

/// A process by its number.
#[derive(Clone, Copy)]
pub(super) struct Process(pub(super) u32);

impl Process {
    fn file(self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.0))
    }

    /// How many files and connections it has open.
    pub(super) fn open_files(self) -> usize {
        fs::read_dir(self.file("fd")).unwrap().count()
    }

    /// How much memory it has, in kilobytes.
    pub(super) fn memory(self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most memory it had since [`Process::forget_most_memory`], in kilobytes.
    pub(super) fn most_memory(self) -> u64 {
        self.status("VmHWM:")
    }

    pub(super) fn forget_most_memory(self) {
        fs::write(self.file("clear_refs"), "5").unwrap();
    }

    fn status(self, name: &str) -> u64 {
        let status = fs::read_to_string(self.file("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// Processor time it took so far, in the system's ticks: a hundred make a second.
    pub(super) fn ticks(self) -> u64 {
        let text = fs::read_to_string(self.file("stat")).unwrap();
        let (_, fields) = text.rsplit_once(')').unwrap();
        let numbers: Vec<&str> = fields.split_whitespace().collect();
        // The fields 14 and 15 of proc(5); the first here is the third.
        numbers[11].parse::<u64>().unwrap() + numbers[12].parse::<u64>().unwrap()
    }
}

//! Rows of the log, the newest first, brought together from look-ups that each have an index.

use std::collections::VecDeque;

use crate::{
    error::Error,
    storage::{
        Source,
        audit::{
            AuditRow,
            pages::{self, Slice},
        },
    },
};

/// Rows that are read as they are asked for: however many there are, a few of each look-up are held.
pub(super) struct Rows {
    streams: Vec<Stream>,
    /// How many rows a look-up reads at once.
    piece: i64,
}

struct Stream {
    slice: Slice,
    /// What comes has lower numbers.
    below: i64,
    ahead: VecDeque<AuditRow>,
    is_over: bool,
}

impl Rows {
    /// The rows with lower numbers than `below` that are in any of the slices.
    pub(super) fn new(slices: Vec<Slice>, below: i64, piece: i64) -> Self {
        let stream = |slice| Stream { slice, below, ahead: VecDeque::new(), is_over: false };
        Self { streams: slices.into_iter().map(stream).collect(), piece }
    }

    /// The next one. A row that is in several slices comes once.
    async fn next(&mut self, source: &mut impl Source) -> Result<Option<AuditRow>, Error> {
        for stream in &mut self.streams {
            stream.fill(source, self.piece).await?;
        }
        let fronts = self.streams.iter().filter_map(|stream| stream.ahead.front());
        let Some(newest) = fronts.map(|row| row.seq).max() else { return Ok(None) };
        let mut found = None;
        for stream in &mut self.streams {
            if stream.ahead.front().is_some_and(|row| row.seq == newest) {
                found = stream.ahead.pop_front();
            }
        }
        Ok(found)
    }

    /// At most `most` of the next ones.
    pub(super) async fn take(
        &mut self,
        source: &mut impl Source,
        most: usize,
    ) -> Result<Vec<AuditRow>, Error> {
        let mut rows = Vec::new();
        while rows.len() < most
            && let Some(row) = self.next(source).await?
        {
            rows.push(row);
        }
        Ok(rows)
    }
}

impl Stream {
    async fn fill(&mut self, source: &mut impl Source, piece: i64) -> Result<(), Error> {
        if self.is_over || !self.ahead.is_empty() {
            return Ok(());
        }
        self.ahead = pages::piece(source, &self.slice, self.below, piece).await?.into();
        match self.ahead.back() {
            Some(last) => self.below = last.seq,
            None => self.is_over = true,
        }
        Ok(())
    }
}

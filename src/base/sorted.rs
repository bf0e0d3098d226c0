//! Numbers in ascending order, in memory as long as they are few: sorted runs go to a temporary file
//! that has no name, and are merged when they are read. Unaware of what the numbers are.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

/// How many numbers are held before they are sorted and written.
const HELD: usize = 1 << 20;
/// How many numbers of a run are read at once.
const READ: usize = 1 << 13;

/// Numbers that are added in any order and read in theirs, as often as is wanted.
#[derive(Debug, Default)]
pub(crate) struct Sorted {
    held: Vec<u64>,
    file: Option<File>,
    /// Where each run begins and ends in the file, in numbers.
    runs: Vec<(u64, u64)>,
    broken: Option<io::Error>,
}

impl Sorted {
    pub(crate) fn extend(&mut self, numbers: &[u64]) {
        self.held.extend_from_slice(numbers);
        if self.held.len() >= HELD {
            if let Err(error) = self.write() {
                self.broken.get_or_insert(error);
            }
            self.held.clear();
        }
    }

    fn write(&mut self) -> io::Result<()> {
        self.held.sort_unstable();
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let start = self.runs.last().map_or(0, |(_, end)| *end);
        let bytes: Vec<u8> = self.held.iter().flat_map(|it| it.to_le_bytes()).collect();
        file.write_all_at(&bytes, start * 8)?;
        self.runs.push((start, start + self.held.len() as u64));
        Ok(())
    }

    pub(crate) fn len(&self) -> u64 {
        self.runs.last().map_or(0, |(_, end)| *end) + self.held.len() as u64
    }

    /// Calls `look` with each number and how often it occurs, in ascending order.
    pub(crate) fn each(&mut self, mut look: impl FnMut(u64, u64)) -> io::Result<()> {
        let mut groups = self.groups()?;
        while let Some((number, count)) = groups.next()? {
            look(number, count);
        }
        Ok(())
    }

    /// The numbers in ascending order, those that are equal together.
    pub(crate) fn groups(&mut self) -> io::Result<Groups<'_>> {
        if let Some(error) = self.broken.take() {
            return Err(error);
        }
        self.held.sort_unstable();
        let mut runs: Vec<Run<'_>> = Vec::new();
        runs.push(Run { file: None, next: 0, end: 0, read: self.held.clone(), place: 0 });
        for &(next, end) in &self.runs {
            runs.push(Run { file: self.file.as_ref(), next, end, read: Vec::new(), place: 0 });
        }
        let mut heads = BinaryHeap::new();
        for (place, run) in runs.iter_mut().enumerate() {
            heads.extend(run.take()?.map(|number| Reverse((number, place))));
        }
        Ok(Groups { runs, heads })
    }
}

/// A part of the numbers that is in order.
struct Run<'a> {
    file: Option<&'a File>,
    next: u64,
    end: u64,
    read: Vec<u64>,
    place: usize,
}

impl Run<'_> {
    fn take(&mut self) -> io::Result<Option<u64>> {
        if self.place == self.read.len()
            && let Some(file) = self.file.filter(|_| self.next < self.end)
        {
            let count = (self.end - self.next).min(READ as u64);
            let mut bytes = vec![0; usize::try_from(count).unwrap_or(0) * 8];
            file.read_exact_at(&mut bytes, self.next * 8)?;
            let number = |it: &[u8]| u64::from_le_bytes(it.try_into().unwrap_or_default());
            self.read.clear();
            self.read.extend(bytes.chunks_exact(8).map(number));
            self.next += count;
            self.place = 0;
        }
        let number = self.read.get(self.place).copied();
        self.place += 1;
        Ok(number)
    }
}

/// Numbers in ascending order.
pub(crate) struct Groups<'a> {
    runs: Vec<Run<'a>>,
    /// The next number of each run.
    heads: BinaryHeap<Reverse<(u64, usize)>>,
}

impl Groups<'_> {
    /// The next number and how often it occurs.
    pub(crate) fn next(&mut self) -> io::Result<Option<(u64, u64)>> {
        let Some(&Reverse((number, _))) = self.heads.peek() else { return Ok(None) };
        let mut count = 0;
        while let Some(&Reverse((head, place))) = self.heads.peek() {
            if head != number {
                break;
            }
            count += 1;
            self.heads.pop();
            if let Some(run) = self.runs.get_mut(place) {
                self.heads.extend(run.take()?.map(|next| Reverse((next, place))));
            }
        }
        Ok(Some((number, count)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_order_from_memory_and_disk() {
        for count in [0, 10, HELD + 10, 3 * HELD + 7] {
            let mut sorted = Sorted::default();
            let numbers: Vec<u64> = (0..count as u64).map(|it| it * 7919 % 10_007).collect();
            numbers.chunks(90_000).for_each(|some| sorted.extend(some));
            assert_eq!(sorted.len(), count as u64);
            for _ in 0..2 {
                let (mut last, mut all) = (None, 0);
                sorted
                    .each(|number, times| {
                        assert!(last < Some(number));
                        last = Some(number);
                        all += times;
                    })
                    .expect("readable");
                assert_eq!(all, count as u64);
            }
        }
    }
}

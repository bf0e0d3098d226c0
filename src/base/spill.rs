//! More records than memory should hold: what is too much goes to a temporary file that has no name.
//! Unaware of what the records are.

use std::fs::File;
use std::io;
use std::num::NonZero;
use std::os::unix::fs::FileExt as _;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is held in memory before it is written, in bytes.
const HELD: usize = 4 << 20;
/// So many records are expected to be followed by many more.
const SMALL: usize = 1 << 16;
/// How much is written at once.
const WRITTEN: usize = 1 << 17;
/// How many heaps there are: one at a time is held whole.
const HEAPS: usize = 256;

/// A record of fixed size.
pub(crate) trait Record: Copy + Ord + Send + Sync {
    const SIZE: usize;
    fn put(self, bytes: &mut Vec<u8>);
    /// Precondition: as many bytes as the size.
    fn get(bytes: &[u8]) -> Self;
    /// Spreads records evenly; equal keys come out equal.
    fn mix(self) -> u64;
}

/// One value that is told from others by its bits.
pub(crate) trait Key: Record + Default + 'static {}

/// Multiplies and folds, as the finalizer of `SplitMix64` does.
fn mixed(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits ^ (bits >> 29)
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.first_chunk().copied().unwrap_or([0; N])
}

impl Record for u64 {
    const SIZE: usize = 8;

    fn put(self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        Self::from_le_bytes(array(bytes))
    }

    fn mix(self) -> u64 {
        mixed(self)
    }
}

impl Record for u128 {
    const SIZE: usize = 16;

    fn put(self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        Self::from_le_bytes(array(bytes))
    }

    #[expect(clippy::cast_possible_truncation, reason = "both halves are folded together")]
    fn mix(self) -> u64 {
        mixed(self as u64 ^ (self >> 64) as u64)
    }
}

impl Key for u64 {}
impl Key for u128 {}

/// A key and where it stands.
impl<K: Key> Record for (K, u64) {
    const SIZE: usize = K::SIZE + 8;

    fn put(self, bytes: &mut Vec<u8>) {
        self.0.put(bytes);
        self.1.put(bytes);
    }

    fn get(bytes: &[u8]) -> Self {
        let (key, place) = bytes.split_at_checked(K::SIZE).unwrap_or_default();
        (K::get(key), u64::get(place))
    }

    fn mix(self) -> u64 {
        self.0.mix()
    }
}

/// Records in heaps, equal keys in the same heap.
#[derive(Debug)]
pub(crate) struct Heaps<R> {
    heaps: Vec<Vec<R>>,
    held: usize,
    file: Option<File>,
    /// What was written: which heap, from where, how many records.
    parts: Vec<(usize, u64, usize)>,
    written: u64,
    broken: Option<io::Error>,
}

impl<R> Default for Heaps<R> {
    fn default() -> Self {
        let heaps = (0..HEAPS).map(|_| Vec::new()).collect();
        Self { heaps, held: 0, file: None, parts: Vec::new(), written: 0, broken: None }
    }
}

impl<R: Record> Heaps<R> {
    /// Adds records; when there are too many, `fold` may drop those that are not needed.
    pub(crate) fn extend(&mut self, records: &[R], fold: impl Fn(&mut Vec<R>)) {
        // Many at once would be held all at once.
        records.chunks(HELD / R::SIZE / 4).for_each(|some| self.add(some, &fold));
    }

    fn add(&mut self, records: &[R], fold: impl Fn(&mut Vec<R>)) {
        // Grown little by little, vectors leave as much memory behind as they take in the end.
        if self.parts.is_empty() && self.held < SMALL && self.held + records.len() >= SMALL {
            let room = HELD / R::SIZE / HEAPS * 5 / 4;
            self.heaps.iter_mut().for_each(|it| it.reserve_exact(room.saturating_sub(it.len())));
        }
        for record in records {
            let heap = usize::try_from(record.mix() >> 56).unwrap_or(0);
            if let Some(heap) = self.heaps.get_mut(heap) {
                heap.push(*record);
            }
        }
        self.held += records.len();
        if self.held * R::SIZE > HELD {
            self.shrink(fold);
        }
    }

    fn shrink(&mut self, fold: impl Fn(&mut Vec<R>)) {
        // One heap tells whether folding is worth its time for the others.
        let Some(first) = self.heaps.first_mut() else { return };
        let before = first.len();
        fold(first);
        if first.len() * 2 < before {
            self.heaps.iter_mut().for_each(fold);
        }
        self.held = self.heaps.iter().map(Vec::len).sum();
        if self.held * R::SIZE * 2 > HELD {
            if let Err(error) = self.write() {
                self.broken.get_or_insert(error);
            }
            self.heaps.iter_mut().for_each(Vec::clear);
            self.held = 0;
        }
    }

    fn write(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let mut bytes = Vec::with_capacity(WRITTEN + R::SIZE);
        let mut end = self.written;
        for (place, heap) in self.heaps.iter().enumerate() {
            self.parts.push((place, end, heap.len()));
            end += (heap.len() * R::SIZE) as u64;
            for record in heap {
                record.put(&mut bytes);
                if bytes.len() >= WRITTEN {
                    file.write_all_at(&bytes, self.written)?;
                    self.written += bytes.len() as u64;
                    bytes.clear();
                }
            }
        }
        file.write_all_at(&bytes, self.written)?;
        self.written = end;
        Ok(())
    }

    /// Calls `look` with the records of each heap, in any order and on all cores, and with room
    /// that it finds again at the next call.
    pub(crate) fn each<T: Send>(
        self,
        look: impl Fn(&mut Vec<R>, &mut Vec<R>) -> T + Sync,
    ) -> io::Result<Vec<T>> {
        if let Some(error) = self.broken {
            return Err(error);
        }
        let Self { heaps, file, parts, .. } = &self;
        let next = AtomicUsize::new(0);
        let work = || {
            let (mut records, mut room, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
            let mut done = Vec::new();
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(heap) = heaps.get(place) else { return Ok(done) };
                let own = parts.iter().filter(|(of, _, _)| *of == place);
                records.clear();
                records.reserve(heap.len() + own.clone().map(|(_, _, count)| count).sum::<usize>());
                records.extend_from_slice(heap);
                for &(_, from, count) in own {
                    bytes.resize(count * R::SIZE, 0);
                    file.as_ref().map_or(Ok(()), |it| it.read_exact_at(&mut bytes, from))?;
                    records.extend(bytes.chunks_exact(R::SIZE).map(R::get));
                }
                done.push(look(&mut records, &mut room));
            }
        };
        let small = file.is_none() && self.held < SMALL;
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        if small || cores == 1 {
            return work();
        }
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
            let mut all = Vec::new();
            for thread in threads {
                let lost = |_| Err(io::Error::other("a thread was lost"));
                all.extend(thread.join().unwrap_or_else(lost)?);
            }
            Ok(all)
        })
    }
}

/// How many different keys there are, found in a table that takes the room given.
pub(crate) fn distinct<K: Key>(keys: &[K], slots: &mut Vec<K>) -> u64 {
    let size = (keys.len() * 2).next_power_of_two().max(2);
    // The empty slot is the default key, which is counted by itself.
    slots.clear();
    slots.resize(size, K::default());
    let mut found = u64::from(keys.contains(&K::default()));
    for &key in keys.iter().filter(|it| **it != K::default()) {
        let mut at = usize::try_from(key.mix()).unwrap_or(0) & (size - 1);
        while let Some(slot) = slots.get_mut(at) {
            if *slot == K::default() {
                *slot = key;
                found += 1;
                break;
            }
            if *slot == key {
                break;
            }
            at = (at + 1) & (size - 1);
        }
    }
    found
}

/// Numbers one after the other.
#[derive(Debug, Default)]
pub(crate) struct Spool {
    held: Vec<u64>,
    file: Option<File>,
    written: u64,
    broken: Option<io::Error>,
}

impl Spool {
    pub(crate) fn extend(&mut self, numbers: &[u64]) {
        self.held.extend_from_slice(numbers);
        if self.held.len() * u64::SIZE > HELD {
            if let Err(error) = self.write() {
                self.broken.get_or_insert(error);
            }
            self.held.clear();
        }
    }

    fn write(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let mut bytes = Vec::with_capacity(WRITTEN);
        for some in self.held.chunks(WRITTEN / u64::SIZE) {
            bytes.clear();
            some.iter().for_each(|number| number.put(&mut bytes));
            file.write_all_at(&bytes, self.written)?;
            self.written += bytes.len() as u64;
        }
        Ok(())
    }

    pub(crate) fn len(&self) -> u64 {
        self.written / u64::SIZE as u64 + self.held.len() as u64
    }

    /// Calls `look` with all numbers, some at a time.
    pub(crate) fn each(&self, mut look: impl FnMut(&[u64])) -> io::Result<()> {
        let mut bytes = vec![0; 1 << 17];
        let mut numbers = Vec::new();
        let mut at = 0;
        while let Some(file) = self.file.as_ref().filter(|_| at < self.written) {
            let rest = usize::try_from(self.written - at).unwrap_or(usize::MAX);
            bytes.truncate(rest);
            file.read_exact_at(&mut bytes, at)?;
            at += bytes.len() as u64;
            numbers.clear();
            numbers.extend(bytes.chunks_exact(u64::SIZE).map(u64::get));
            look(&numbers);
        }
        look(&self.held);
        Ok(())
    }

    /// The number that has `place` smaller ones before it. Precondition: there is one.
    ///
    /// Finds 16 bits at a time, the highest first: four walks over the numbers, whatever they are.
    pub(crate) fn nth(&self, place: u64) -> io::Result<u64> {
        if let Some(error) = &self.broken {
            return Err(io::Error::new(error.kind(), error.to_string()));
        }
        let (mut known, mut left) = (0_u64, place);
        for shift in [48, 32, 16, 0] {
            let mut counts = vec![0_u64; 1 << 16];
            self.each(|numbers| {
                let same = |it: &&u64| shift == 48 || (**it ^ known) >> (shift + 16) == 0;
                for number in numbers.iter().filter(same) {
                    let digit = usize::try_from(number >> shift & 0xffff).unwrap_or(0);
                    if let Some(count) = counts.get_mut(digit) {
                        *count += 1;
                    }
                }
            })?;
            for (digit, count) in (0_u64..).zip(counts) {
                if left < count {
                    known |= digit << shift;
                    break;
                }
                left -= count;
            }
        }
        Ok(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn numbers(count: u64, modulus: u64) -> Vec<u64> {
        (0..count).map(|it| mixed(it) % modulus).collect()
    }

    #[test]
    fn distinct_counts_survive_the_disk() {
        for (count, modulus) in [(0, 1), (10, 3), (3_000_000, u64::MAX), (3_000_000, 7)] {
            let keys = numbers(count, modulus);
            let want = keys.iter().collect::<BTreeSet<_>>().len() as u64;
            let mut heaps = Heaps::default();
            let fold = |heap: &mut Vec<u64>| {
                heap.sort_unstable();
                heap.dedup();
            };
            keys.chunks(50_000).for_each(|some| heaps.extend(some, fold));
            assert_eq!(heaps.file.is_some(), modulus == u64::MAX, "{count} {modulus}");
            let found = heaps.each(|heap, room| distinct(heap, room)).expect("counts");
            assert_eq!(found.iter().sum::<u64>(), want, "{count} {modulus}");
        }
    }

    #[test]
    fn a_place_is_found_in_memory_and_on_disk() {
        for (count, modulus) in [(1, 2), (1_000, 10), (2_000_001, u64::MAX)] {
            let mut all = numbers(count, modulus);
            let mut spool = Spool::default();
            all.chunks(10_000).for_each(|some| spool.extend(some));
            assert_eq!(spool.len(), count);
            all.sort_unstable();
            for place in [0, count / 3, count / 2, count - 1] {
                let want = all[usize::try_from(place).expect("small")];
                assert_eq!(spool.nth(place).expect("reads"), want, "{place} of {count}");
            }
        }
    }
}

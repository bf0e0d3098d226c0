//! MD5 of many contents at once, one in each lane of the processor's vectors.
//!
//! Two vectors are worked on in turn, because the steps of one wait for each other. A lane whose
//! content ends takes the next one. Reads nothing itself: a `Supply` does.

use super::rounds::{CONSTANTS, Word, compress};
use super::{BLOCK, INITIAL, Md5, digest_blocks, pad};
use fearless_simd::{Bytes as _, Level, Simd, SimdBase as _, dispatch};
use std::ops::{Add, BitAnd, BitOr, BitXor, Not};

/// Bytes that a lane holds at a time; a multiple of a block.
pub(crate) const WINDOW: usize = 64 << 10;

/// Most lanes of any processor: two vectors of 16 words.
const MOST: usize = 32;

/// With fewer contents than this, one after the other is faster.
const WORTHWHILE: usize = 3;

/// Where lanes get contents from and give digests to.
pub(crate) trait Supply {
    /// A content on its way.
    type Job;

    /// The next content.
    fn next(&mut self) -> Option<Self::Job>;

    /// Puts what follows at the start of `window`, and returns how much it was: less than all only
    /// at the end. `None` gives the content up.
    fn fill(&mut self, job: &mut Self::Job, window: &mut [u8]) -> Option<usize>;

    /// Takes a digest, and the whole content where it fitted into one window.
    fn done(&mut self, job: Self::Job, md5: Md5, whole: Option<&[u8]>);
}

/// Digests everything that the supply has.
pub(crate) fn digest_all<S: Supply>(supply: &mut S) {
    digest_all_on(Level::new(), supply);
}

fn digest_all_on<S: Supply>(level: Level, supply: &mut S) {
    let width = dispatch!(level, simd => width(simd));
    let mut lanes: Vec<Lane<S::Job>> = Vec::new();
    lanes.resize_with(2 * width, Lane::default);
    loop {
        lanes.iter_mut().for_each(|lane| lane.refill(supply));
        let Some(count) = lanes.iter().filter_map(Lane::pending).min() else { return };
        let active = lanes.iter().filter_map(Lane::pending).count();
        if active < WORTHWHILE {
            lanes.iter_mut().for_each(|lane| lane.digest_alone(count));
        } else {
            dispatch!(level, simd => advance(simd, &mut lanes, count));
        }
        lanes.iter_mut().for_each(|lane| lane.finish(supply));
    }
}

/// One content and the part of it that is in memory.
struct Lane<J> {
    job: Option<J>,
    buffer: Vec<u8>,
    state: [u32; 4],
    /// Whole blocks in the buffer, and how many of them are digested.
    blocks: usize,
    digested: usize,
    /// Bytes of the content so far.
    length: u64,
    ended: bool,
}

impl<J> Default for Lane<J> {
    fn default() -> Self {
        Self {
            job: None,
            buffer: Vec::new(),
            state: INITIAL,
            blocks: 0,
            digested: 0,
            length: 0,
            ended: false,
        }
    }
}

impl<J> Lane<J> {
    /// Sees to it that there is a block to digest, if the supply has anything.
    fn refill(&mut self, supply: &mut impl Supply<Job = J>) {
        while self.digested == self.blocks {
            if self.job.is_none() {
                let Some(job) = supply.next() else { return };
                self.job = Some(job);
                (self.state, self.length) = (INITIAL, 0);
            }
            let Some(job) = &mut self.job else { return };
            // Made once: clearing it for each file would cost more than digesting a small one.
            self.buffer.resize(WINDOW + 2 * BLOCK, 0);
            let Some(window) = self.buffer.get_mut(..WINDOW) else { return };
            let Some(count) = supply.fill(job, window) else {
                self.job = None;
                continue;
            };
            self.length += count as u64;
            self.ended = count < WINDOW;
            let ended = self.ended.then(|| pad(&mut self.buffer, count, self.length));
            (self.blocks, self.digested) = (ended.unwrap_or(WINDOW / BLOCK), 0);
        }
    }

    /// How many blocks wait; `None` for an idle lane.
    fn pending(&self) -> Option<usize> {
        (self.digested < self.blocks).then(|| self.blocks - self.digested)
    }

    fn waiting(&self) -> &[[u8; BLOCK]] {
        self.buffer.as_chunks().0.get(self.digested..self.blocks).unwrap_or_default()
    }

    fn digest_alone(&mut self, count: usize) {
        if self.pending().is_some() {
            let mut state = self.state;
            digest_blocks(&mut state, self.waiting().get(..count).unwrap_or_default());
            self.state = state;
            self.digested += count;
        }
    }

    /// Gives the digest away when all is digested.
    fn finish(&mut self, supply: &mut impl Supply<Job = J>) {
        if self.ended
            && self.digested == self.blocks
            && let Some(job) = self.job.take()
        {
            let fitted = self.length < WINDOW as u64;
            let whole = usize::try_from(self.length).ok().filter(|_| fitted);
            let whole = whole.and_then(|length| self.buffer.get(..length));
            supply.done(job, Md5::of_state(self.state), whole);
        }
    }
}

#[inline(always)]
fn width<S: Simd>(_: S) -> usize {
    S::u32s::LEN
}

/// Digests `count` blocks of every lane.
#[inline(always)]
fn advance<S: Simd, J>(simd: S, lanes: &mut [Lane<J>], count: usize) {
    let busy = lanes.iter().find(|lane| lane.pending().is_some());
    // An idle lane digests what another one has; nobody looks at what comes of it.
    let spare = busy.map(Lane::waiting).unwrap_or_default();
    let mut contents: [&[[u8; BLOCK]]; MOST] = [&[]; MOST];
    let mut states = [[0; MOST]; 4];
    for (at, (lane, content)) in lanes.iter().zip(&mut contents).enumerate() {
        let waiting = if lane.pending().is_some() { lane.waiting() } else { spare };
        *content = waiting.get(..count).unwrap_or_default();
        for (words, word) in states.iter_mut().zip(lane.state) {
            if let Some(place) = words.get_mut(at) {
                *place = word;
            }
        }
    }
    match S::u32s::LEN {
        16 => vectors::<S, 16>(simd, &mut states, &contents, count),
        8 => vectors::<S, 8>(simd, &mut states, &contents, count),
        _ => vectors::<S, 4>(simd, &mut states, &contents, count),
    }
    for (at, lane) in lanes.iter_mut().enumerate().filter(|(_, lane)| lane.pending().is_some()) {
        for (word, words) in lane.state.iter_mut().zip(&states) {
            *word = words.get(at).copied().unwrap_or_default();
        }
        lane.digested += count;
    }
}

/// The same where `N` words make a vector.
#[inline(always)]
fn vectors<S: Simd, const N: usize>(
    simd: S,
    states: &mut [[u32; MOST]; 4],
    contents: &[&[[u8; BLOCK]]; MOST],
    count: usize,
) {
    let (first, second) = contents.split_at_checked(N).unwrap_or_default();
    let load = |words: &[u32]| S::u32s::from_slice(simd, words.get(..N).unwrap_or_default());
    let mut state = states.map(|words| {
        let (first, second) = words.split_at(N);
        Pair::<S>(load(first), load(second))
    });
    for at in 0..count {
        let zero = S::u32s::splat(simd, 0);
        let (mut a, mut b) = ([zero; 16], [zero; 16]);
        transpose::<S, N>(simd, first, at, &mut a);
        transpose::<S, N>(simd, second, at, &mut b);
        let mut message = [Pair(zero, zero); 16];
        for (word, (a, b)) in message.iter_mut().zip(a.into_iter().zip(b)) {
            *word = Pair(a, b);
        }
        compress(simd, &mut state, &message, &CONSTANTS);
    }
    for (words, Pair(a, b)) in states.iter_mut().zip(state) {
        let (first, second) = words.split_at_mut(N);
        a.store_slice(first.get_mut(..N).unwrap_or_default());
        b.store_slice(second.get_mut(..N).unwrap_or_default());
    }
}

/// Turns block `at` of `N` contents into 16 vectors: word by word instead of content by content.
#[inline(always)]
fn transpose<S: Simd, const N: usize>(
    simd: S,
    contents: &[&[[u8; BLOCK]]],
    at: usize,
    out: &mut [S::u32s; 16],
) {
    for (part, out) in out.chunks_exact_mut(N).enumerate() {
        let mut rows = [S::u32s::splat(simd, 0); N];
        for (row, content) in rows.iter_mut().zip(contents) {
            let block = content.get(at).map_or(&[][..], |block| block.as_slice());
            let bytes = block.get(part * N * 4..(part + 1) * N * 4).unwrap_or_default();
            *row = S::u32s::from_bytes(S::u8s::from_slice(simd, bytes));
        }
        // Interleaving the two halves of the rows swaps one bit of row and column each time.
        let mut width = 1;
        while width < N {
            let (low, high) = rows.split_at(N / 2);
            let mut swapped = rows;
            for (pair, (&a, &b)) in swapped.chunks_exact_mut(2).zip(low.iter().zip(high)) {
                let (a, b) = a.interleave(b);
                pair.copy_from_slice(&[a, b]);
            }
            rows = swapped;
            width *= 2;
        }
        out.copy_from_slice(&rows);
    }
}

/// A word of each lane: two vectors, whose steps overlap.
struct Pair<S: Simd>(S::u32s, S::u32s);

impl<S: Simd> Clone for Pair<S> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Simd> Copy for Pair<S> {}

impl<S: Simd> Word for Pair<S> {
    type Machine = S;

    #[inline(always)]
    fn splat(simd: S, value: u32) -> Self {
        let vector = S::u32s::splat(simd, value);
        Self(vector, vector)
    }

    #[inline(always)]
    fn rotate_left(self, by: u32) -> Self {
        let turn = |vector: S::u32s| (vector << by) | (vector >> (32 - by));
        Self(turn(self.0), turn(self.1))
    }
}

macro_rules! operator {
    ($trait:ident, $name:ident) => {
        impl<S: Simd> $trait for Pair<S> {
            type Output = Self;

            #[inline(always)]
            fn $name(self, other: Self) -> Self {
                Self(self.0.$name(other.0), self.1.$name(other.1))
            }
        }
    };
}

operator!(Add, add);
operator!(BitAnd, bitand);
operator!(BitOr, bitor);
operator!(BitXor, bitxor);

impl<S: Simd> Not for Pair<S> {
    type Output = Self;

    #[inline(always)]
    fn not(self) -> Self {
        Self(!self.0, !self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use md5::Digest as _;
    use proptest::prelude::*;

    /// Contents in memory; those with a cut cannot be read beyond it.
    struct Memory<'a> {
        contents: &'a [(Vec<u8>, Option<usize>)],
        next: usize,
        digests: Vec<Option<Md5>>,
    }

    struct Reading {
        which: usize,
        at: usize,
    }

    impl Supply for Memory<'_> {
        type Job = Reading;

        fn next(&mut self) -> Option<Reading> {
            let which = self.next;
            self.next += 1;
            (which < self.contents.len()).then_some(Reading { which, at: 0 })
        }

        fn fill(&mut self, job: &mut Reading, window: &mut [u8]) -> Option<usize> {
            let (content, cut) = &self.contents[job.which];
            let count = window.len().min(content.len() - job.at);
            window[..count].copy_from_slice(&content[job.at..job.at + count]);
            job.at += count;
            cut.is_none_or(|cut| job.at <= cut).then_some(count)
        }

        fn done(&mut self, job: Reading, md5: Md5, whole: Option<&[u8]>) {
            let content = &self.contents[job.which].0;
            assert_eq!(whole.is_some(), content.len() < WINDOW);
            assert!(whole.is_none_or(|whole| whole == content));
            self.digests[job.which] = Some(md5);
        }
    }

    /// The processor's level and those below it.
    fn levels() -> Vec<Level> {
        let best = Level::new();
        let mut levels = vec![best];
        #[cfg(target_arch = "x86_64")]
        {
            levels.extend(best.as_avx2().map(Level::Avx2));
            levels.extend(best.as_sse4_2().map(Level::Sse4_2));
        }
        levels
    }

    fn check(contents: &[(Vec<u8>, Option<usize>)]) {
        let digest = |(content, cut): &(Vec<u8>, Option<usize>)| {
            cut.is_none().then(|| Md5(md5::Md5::digest(content).into()))
        };
        let want: Vec<_> = contents.iter().map(digest).collect();
        for level in levels() {
            let digests = vec![None; contents.len()];
            let mut memory = Memory { contents, next: 0, digests };
            digest_all_on(level, &mut memory);
            assert!(memory.digests == want, "{level:?}");
        }
    }

    fn content(length: usize, seed: usize) -> (Vec<u8>, Option<usize>) {
        ((0..length).map(|at| (at * 31 + seed * 7 + (at >> 8)) as u8).collect(), None)
    }

    #[test]
    fn every_length_around_a_block_is_digested() {
        check(&(0..300).map(|length| content(length, length)).collect::<Vec<_>>());
        for length in [55, 56, 63, 64, 119, 128] {
            check(&(0..40).map(|seed| content(length, seed)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn contents_longer_than_a_window_are_digested_piece_by_piece() {
        let around = [WINDOW - 9, WINDOW - 1, WINDOW, WINDOW + 1, 2 * WINDOW, 3 * WINDOW + 64, 5];
        check(&around.iter().map(|&length| content(length, 3)).collect::<Vec<_>>());
    }

    #[test]
    fn a_content_that_cannot_be_read_leaves_the_others_alone() {
        let mut contents: Vec<_> = (0..50).map(|seed| content(4096, seed)).collect();
        contents.push(content(2 * WINDOW, 1));
        for (at, content) in contents.iter_mut().enumerate().filter(|(at, _)| at % 5 == 0) {
            content.1 = Some(if at == 50 { WINDOW } else { at });
        }
        check(&contents);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn contents_of_any_lengths_are_digested(
            lengths in prop::collection::vec(prop_oneof![0..300_usize, 0..3_000_usize], 0..80),
        ) {
            let contents = lengths.iter().enumerate().map(|(at, &length)| content(length, at));
            check(&contents.collect::<Vec<_>>());
        }
    }
}

//! MD5, the digest of DVC's formats: one stream here, many at once in `lanes`. Knows no files.
//!
//! Our own because of speed: `lanes` is eight times as fast as one stream, and the stream comes a
//! quarter ahead of the crate, which is the oracle of the tests.

pub(crate) mod lanes;
mod rounds;

use rounds::{CONSTANTS, Word, compress};
use std::fmt;
use std::num::Wrapping;
use std::ops::{Add, BitAnd, BitOr, BitXor, Not};

/// The state before the first block.
const INITIAL: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
/// Bytes that are digested at a time.
const BLOCK: usize = 64;

/// A digest; `Display` writes lower-case hexadecimal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Md5(pub(crate) [u8; 16]);

impl Md5 {
    /// The digest of bytes that are all there.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut stream = Stream::default();
        stream.update(bytes);
        stream.finish()
    }

    /// Reads what `Display` writes, capitals too.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        let nibble = |digit: u8| char::from(digit).to_digit(16);
        let mut bytes = [0; 16];
        if pairs.len() != bytes.len() {
            return None;
        }
        for (byte, &[high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = u8::try_from(nibble(high)? << 4 | nibble(low)?).ok()?;
        }
        Some(Self(bytes))
    }

    fn of_state(state: [u32; 4]) -> Self {
        let mut bytes = [0; 16];
        for (four, word) in bytes.chunks_exact_mut(4).zip(state) {
            four.copy_from_slice(&word.to_le_bytes());
        }
        Self(bytes)
    }
}

impl fmt::Display for Md5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::hash::hex(&self.0))
    }
}

/// One content that comes in pieces.
#[derive(Debug)]
pub(crate) struct Stream {
    state: [u32; 4],
    /// What came after the last whole block, and room to pad it.
    rest: [u8; 2 * BLOCK],
    length: u64,
}

impl Default for Stream {
    fn default() -> Self {
        Self { state: INITIAL, rest: [0; 2 * BLOCK], length: 0 }
    }
}

impl Stream {
    pub(crate) fn update(&mut self, mut bytes: &[u8]) {
        let used = self.used();
        self.length = self.length.wrapping_add(bytes.len() as u64);
        if used > 0 {
            let (fill, more) = bytes.split_at(bytes.len().min(BLOCK - used));
            self.put(used, fill);
            bytes = more;
            if used + fill.len() < BLOCK {
                return;
            }
            let (block, _) = self.rest.as_chunks();
            digest_blocks(&mut self.state, block.get(..1).unwrap_or_default());
        }
        let (blocks, rest) = bytes.as_chunks();
        digest_blocks(&mut self.state, blocks);
        self.put(0, rest);
    }

    pub(crate) fn finish(mut self) -> Md5 {
        let used = self.used();
        let blocks = pad(&mut self.rest, used, self.length);
        digest_blocks(&mut self.state, self.rest.as_chunks().0.get(..blocks).unwrap_or_default());
        Md5::of_state(self.state)
    }

    /// How many bytes wait for the rest of their block.
    fn used(&self) -> usize {
        usize::try_from(self.length % BLOCK as u64).unwrap_or_default()
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.rest.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }
}

/// Ends a content of `length` bytes whose last `used` ones are at the start of the buffer; returns
/// how many blocks there are now. Precondition: the buffer is at least 72 bytes longer than that.
fn pad(buffer: &mut [u8], used: usize, length: u64) -> usize {
    let end = (used + 9).next_multiple_of(BLOCK);
    let tail = buffer.get_mut(used..end).unwrap_or_default();
    tail.fill(0);
    if let Some(first) = tail.first_mut() {
        *first = 0x80;
    }
    if let Some(last) = tail.last_chunk_mut() {
        *last = length.wrapping_mul(8).to_le_bytes();
    }
    end / BLOCK
}

fn digest_blocks(state: &mut [u32; 4], blocks: &[[u8; BLOCK]]) {
    // Known constants would be folded into the last addition of a step, which all others wait for.
    let constants = std::hint::black_box(&CONSTANTS);
    let mut words = state.map(Single::new);
    for block in blocks {
        let mut message = [Single::new(0); 16];
        for (word, bytes) in message.iter_mut().zip(block.as_chunks().0) {
            *word = Single::new(u32::from_le_bytes(*bytes));
        }
        compress((), &mut words, &message, constants);
    }
    *state = words.map(|word| word.0.0);
}

/// A word of one stream.
#[derive(Clone, Copy)]
struct Single(Wrapping<u32>);

impl Single {
    fn new(value: u32) -> Self {
        Self(Wrapping(value))
    }
}

impl Word for Single {
    type Machine = ();

    #[inline(always)]
    fn splat((): (), value: u32) -> Self {
        Self::new(value)
    }

    #[inline(always)]
    fn rotate_left(self, by: u32) -> Self {
        Self::new(self.0.0.rotate_left(by))
    }
}

macro_rules! operator {
    ($trait:ident, $name:ident) => {
        impl $trait for Single {
            type Output = Self;

            #[inline(always)]
            fn $name(self, other: Self) -> Self {
                Self(self.0.$name(other.0))
            }
        }
    };
}

operator!(Add, add);
operator!(BitAnd, bitand);
operator!(BitOr, bitor);
operator!(BitXor, bitxor);

impl Not for Single {
    type Output = Self;

    #[inline(always)]
    fn not(self) -> Self {
        Self(!self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use md5::Digest as _;
    use proptest::prelude::*;

    fn oracle(bytes: &[u8]) -> Md5 {
        Md5(md5::Md5::digest(bytes).into())
    }

    #[test]
    fn every_length_around_a_block_is_digested() {
        let bytes: Vec<u8> = (0..300).map(|at| (at * 7) as u8).collect();
        for length in 0..=bytes.len() {
            assert_eq!(Md5::of(&bytes[..length]), oracle(&bytes[..length]), "{length}");
        }
    }

    #[test]
    fn a_digest_is_written_and_read_back() {
        let digest = Md5::of(b"");
        assert_eq!(digest.to_string(), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(Md5::parse(&digest.to_string()), Some(digest));
        for wrong in ["", "d41d8cd98f00b204e9800998ecf8427", "x41d8cd98f00b204e9800998ecf8427e"] {
            assert_eq!(Md5::parse(wrong), None);
        }
    }

    proptest! {
        #[test]
        fn pieces_make_the_same_digest(pieces in prop::collection::vec(
            prop::collection::vec(any::<u8>(), 0..150), 0..8,
        )) {
            let mut stream = Stream::default();
            pieces.iter().for_each(|piece| stream.update(piece));
            prop_assert_eq!(stream.finish(), oracle(&pieces.concat()));
        }
    }
}

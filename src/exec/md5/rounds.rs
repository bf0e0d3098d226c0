//! The 64 steps of MD5 over words of any width. Unaware of how many streams a word holds.

use std::ops::{Add, BitAnd, BitOr, BitXor, Not};

/// A 32-bit word of one stream, or of several at once. Addition wraps around.
pub(super) trait Word:
    Copy
    + Add<Output = Self>
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
    + Not<Output = Self>
{
    /// Proof that the processor has what the word needs.
    type Machine: Copy;

    /// The same value in every stream.
    fn splat(machine: Self::Machine, value: u32) -> Self;

    fn rotate_left(self, by: u32) -> Self;
}

// Each step waits for the one before it through `b`. The functions put `b` last: all else is added
// up meanwhile.
#[inline(always)]
fn round_1<W: Word>(sum: W, b: W, c: W, d: W) -> W {
    sum + (d ^ (b & (c ^ d)))
}

/// The two halves have no bit in common, so that adding them is as good as `or`, and the half
/// without `b` need not wait.
#[inline(always)]
fn round_2<W: Word>(sum: W, b: W, c: W, d: W) -> W {
    (sum + (c & !d)) + (b & d)
}

#[inline(always)]
fn round_3<W: Word>(sum: W, b: W, c: W, d: W) -> W {
    sum + ((c ^ d) ^ b)
}

#[inline(always)]
fn round_4<W: Word>(sum: W, b: W, c: W, d: W) -> W {
    sum + (c ^ (b | !d))
}

/// Digests one block of each stream.
#[inline(always)]
pub(super) fn compress<W: Word>(
    machine: W::Machine,
    state: &mut [W; 4],
    block: &[W; 16],
    constants: &[u32; 64],
) {
    let [mut a, mut b, mut c, mut d] = *state;
    macro_rules! step {
        ($round:ident $a:ident $b:ident $c:ident $d:ident, $word:expr, $step:expr, $by:expr) => {
            let sum = $a + (block[$word % 16] + W::splat(machine, constants[$step]));
            $a = $round(sum, $b, $c, $d).rotate_left($by) + $b;
        };
    }
    macro_rules! four {
        ($round:ident, $at:expr, $factor:expr, $offset:expr, [$r:expr, $s:expr, $t:expr, $u:expr]) => {
            step!($round a b c d, $at * $factor + $offset, $at, $r);
            step!($round d a b c, ($at + 1) * $factor + $offset, $at + 1, $s);
            step!($round c d a b, ($at + 2) * $factor + $offset, $at + 2, $t);
            step!($round b c d a, ($at + 3) * $factor + $offset, $at + 3, $u);
        };
    }
    macro_rules! sixteen {
        ($round:ident, $at:expr, $factor:expr, $offset:expr, $turns:tt) => {
            four!($round, $at, $factor, $offset, $turns);
            four!($round, $at + 4, $factor, $offset, $turns);
            four!($round, $at + 8, $factor, $offset, $turns);
            four!($round, $at + 12, $factor, $offset, $turns);
        };
    }
    sixteen!(round_1, 0, 1, 0, [7, 12, 17, 22]);
    sixteen!(round_2, 16, 5, 1, [5, 9, 14, 20]);
    sixteen!(round_3, 32, 3, 5, [4, 11, 16, 23]);
    sixteen!(round_4, 48, 7, 0, [6, 10, 15, 21]);
    let [old_a, old_b, old_c, old_d] = *state;
    *state = [old_a + a, old_b + b, old_c + c, old_d + d];
}

/// `floor(2^32 * abs(sin(step + 1)))`.
pub(super) static CONSTANTS: [u32; 64] = [
    0xd76a_a478,
    0xe8c7_b756,
    0x2420_70db,
    0xc1bd_ceee,
    0xf57c_0faf,
    0x4787_c62a,
    0xa830_4613,
    0xfd46_9501,
    0x6980_98d8,
    0x8b44_f7af,
    0xffff_5bb1,
    0x895c_d7be,
    0x6b90_1122,
    0xfd98_7193,
    0xa679_438e,
    0x49b4_0821,
    0xf61e_2562,
    0xc040_b340,
    0x265e_5a51,
    0xe9b6_c7aa,
    0xd62f_105d,
    0x0244_1453,
    0xd8a1_e681,
    0xe7d3_fbc8,
    0x21e1_cde6,
    0xc337_07d6,
    0xf4d5_0d87,
    0x455a_14ed,
    0xa9e3_e905,
    0xfcef_a3f8,
    0x676f_02d9,
    0x8d2a_4c8a,
    0xfffa_3942,
    0x8771_f681,
    0x6d9d_6122,
    0xfde5_380c,
    0xa4be_ea44,
    0x4bde_cfa9,
    0xf6bb_4b60,
    0xbebf_bc70,
    0x289b_7ec6,
    0xeaa1_27fa,
    0xd4ef_3085,
    0x0488_1d05,
    0xd9d4_d039,
    0xe6db_99e5,
    0x1fa2_7cf8,
    0xc4ac_5665,
    0xf429_2244,
    0x432a_ff97,
    0xab94_23a7,
    0xfc93_a039,
    0x655b_59c3,
    0x8f0c_cc92,
    0xffef_f47d,
    0x8584_5dd1,
    0x6fa8_7e4f,
    0xfe2c_e6e0,
    0xa301_4314,
    0x4e08_11a1,
    0xf753_7e82,
    0xbd3a_f235,
    0x2ad7_d2bb,
    0xeb86_d391,
];

//! Work on all cores whose results come in order. Unaware of what the work is.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::mpsc::sync_channel;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many pieces of text a core may be ahead.
pub(crate) const AHEAD: u64 = 4;

/// Results that wait for those before them, and how far the taking has come.
struct Line<R, T> {
    waiting: BTreeMap<u64, R>,
    /// The number of the result that is taken next.
    turn: u64,
    take: T,
    over: bool,
}

/// Does `look` for each piece that `next` gives, and takes the results in the order of the pieces.
///
/// `start` makes what each worker keeps for itself. Ends early when `take` breaks. At most `ahead`
/// pieces a core exist at a time, so memory is bounded whatever the speeds are.
pub(crate) fn fold<P: Send, S, R: Send>(
    ahead: u64,
    mut next: impl FnMut() -> Option<P>,
    start: impl Fn() -> S + Sync,
    look: impl Fn(&mut S, P) -> R + Sync,
    mut take: impl FnMut(R) -> ControlFlow<()> + Send,
) {
    let Some(first) = next() else { return };
    let second = next();
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    // What fits in one piece is done before a thread has started.
    let alone = second.is_none() || cores == 1;
    let mut pieces = [Some(first), second].into_iter().flatten();
    if alone {
        let mut own = start();
        while let Some(piece) = pieces.next().or_else(&mut next) {
            if take(look(&mut own, piece)).is_break() {
                return;
            }
        }
        return;
    }
    let window = ahead * cores as u64;
    let line = Mutex::new(Line { waiting: BTreeMap::new(), turn: 0, take, over: false });
    let moved = Condvar::new();
    let (sender, receiver) = sync_channel::<(u64, P)>(cores);
    let receiver = Mutex::new(receiver);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                let mut own = start();
                loop {
                    let piece = locked(&receiver).recv();
                    let Ok((number, piece)) = piece else { return };
                    let result = look(&mut own, piece);
                    hand_in(&mut locked(&line), number, result);
                    moved.notify_one();
                }
            });
        }
        let mut number = 0;
        while let Some(piece) = pieces.next().or_else(&mut next) {
            let mut state = locked(&line);
            while !state.over && number >= state.turn + window {
                state = moved.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            let over = state.over;
            drop(state);
            if over || sender.send((number, piece)).is_err() {
                break;
            }
            number += 1;
        }
        drop(sender);
    });
}

fn hand_in<R, T: FnMut(R) -> ControlFlow<()>>(line: &mut Line<R, T>, number: u64, result: R) {
    line.waiting.insert(number, result);
    while let Some(result) = line.waiting.remove(&line.turn) {
        line.turn += 1;
        if !line.over && (line.take)(result).is_break() {
            line.over = true;
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_until_enough() {
        for count in [0, 1, 2, 500] {
            let mut pieces = 0..count;
            let mut taken = Vec::new();
            let work = |(): &mut (), it: u64| {
                (0..(it * 7919 % 13) * 1000).fold(it, |sum, _| std::hint::black_box(sum))
            };
            let take = |it| {
                taken.push(it);
                if it == 400 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            fold(4, || pieces.next(), || (), work, take);
            assert_eq!(taken, (0..count.min(401)).collect::<Vec<_>>());
        }
    }
}

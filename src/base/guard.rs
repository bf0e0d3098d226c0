//! Calls into code of others that may panic on damaged input. Aware of nothing but panics.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static WATCHED: Cell<bool> = const { Cell::new(false) };
}

/// What a call returns, or `None` if it panicked, which then is not printed.
///
/// What the call had begun to change is to be dropped afterwards.
pub(crate) fn tried<T>(call: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !WATCHED.get() {
                usual(panic);
            }
        }));
    });
    let before = WATCHED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(call));
    WATCHED.set(before);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_no_result() {
        assert_eq!(tried(|| 1), Some(1));
        assert_eq!(tried(|| assert_eq!(1, 2, "as damaged data does")), None);
        assert!(!WATCHED.get());
    }
}

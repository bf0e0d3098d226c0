//! Ctrl-C and termination: told to the process groups and to the run. Unaware of steps.

use crate::exec::groups::Groups;
use anyhow::Context as _;
use std::sync::Arc;

/// Ends all groups on the first signal, kills them on the second; `tell` hears of each first.
///
/// A second run in one process, as in tests, leaves signals to the first.
pub(crate) fn watch(groups: Arc<Groups>, tell: impl Fn() + Send + 'static) -> anyhow::Result<()> {
    let armed = ctrlc::set_handler(move || {
        // Told first: a child that ends at once must not be heard of before the reason.
        tell();
        groups.stop();
    });
    match armed {
        Err(ctrlc::Error::MultipleHandlers) => Ok(()),
        other => other.context("interrupts cannot be caught"),
    }
}

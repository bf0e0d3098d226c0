//! Ctrl-C and termination: told to the process groups and to the run. Unaware of steps.

use crate::exec::groups::Groups;
use anyhow::Context as _;
use std::sync::Arc;

/// Ends all groups on the first signal, kills them on the second; `tell` hears of each.
///
/// Precondition: called once in the life of the process.
pub(crate) fn watch(
    groups: Arc<Groups>,
    tell: impl Fn() + Send + 'static,
) -> anyhow::Result<()> {
    ctrlc::set_handler(move || {
        groups.stop();
        tell();
    })
    .context("interrupts cannot be caught")
}

//! What this machine has to give.
#![expect(clippy::disallowed_methods, reason = "asks the operating system")]

use crate::exec::scheduler::Limits;

/// Everything the machine has, for `jobs` steps at once; by default as many as it has processors.
pub(crate) fn limits(jobs: Option<usize>, keep_going: bool) -> Limits {
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    Limits {
        jobs: jobs.unwrap_or(cpus).max(1),
        cpus: u32::try_from(cpus).unwrap_or(u32::MAX),
        memory: memory().unwrap_or(u64::MAX),
        gpus: gpus(),
        keep_going,
    }
}

/// Bytes of memory; `None` where the system does not say it in `/proc`.
fn memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// Graphics processors; one where none is found, so that steps that ask for one take turns.
fn gpus() -> u32 {
    let visible = std::env::var("CUDA_VISIBLE_DEVICES").ok();
    let listed = visible.map(|list| list.split(',').filter(|it| !it.trim().is_empty()).count());
    let driver = || std::fs::read_dir("/proc/driver/nvidia/gpus").map_or(0, Iterator::count);
    u32::try_from(listed.unwrap_or_else(driver)).unwrap_or(1).max(1)
}

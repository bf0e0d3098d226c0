//! What this machine has to give to steps.
#![expect(clippy::disallowed_methods, reason = "asks the operating system")]

use crate::exec::pool::Slots;
use crate::exec::scheduler::Limits;

/// Everything the machine has, for `jobs` steps at once; by default as many as it has processors.
/// `gpus` says how many graphics processors there are where that cannot be seen, or how many of
/// them to use.
pub(crate) fn limits(jobs: Option<usize>, gpus: Option<u32>, keep_going: bool) -> Limits {
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    Limits {
        jobs: jobs.unwrap_or(cpus).max(1),
        cpus: u32::try_from(cpus).unwrap_or(u32::MAX),
        memory: memory().unwrap_or(u64::MAX),
        gpus: count(gpus.or_else(told), visible().as_deref(), devices()),
        keep_going,
        force_downstream: false,
    }
}

/// The names of the first graphics processors, as `CUDA_VISIBLE_DEVICES` has them. Fewer than
/// `count` when there are not so many, none when there are none.
pub(crate) fn gpu_names(count: u32) -> Vec<String> {
    let told = told().unwrap_or_default();
    names(count, visible().as_deref(), devices().max(told))
}

/// Bytes of memory; `None` where the system does not say it in `/proc`.
fn memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// How many graphics processors the user says there are, in `MLC_GPUS`.
fn told() -> Option<u32> {
    std::env::var("MLC_GPUS").ok()?.trim().parse().ok()
}

/// What mlc itself may use; `None` when nothing is said.
fn visible() -> Option<Vec<String>> {
    let list = std::env::var("CUDA_VISIBLE_DEVICES").ok()?;
    let names = list.split(',').map(str::trim);
    // CUDA reads the list up to the first that it does not know; -1 is how people write none.
    let names = names.take_while(|name| !name.is_empty() && !name.starts_with('-'));
    Some(names.map(str::to_owned).collect())
}

/// Devices of NVIDIA's driver, `/dev/nvidia0` and so on.
fn devices() -> u32 {
    let Ok(entries) = std::fs::read_dir("/dev") else { return 0 };
    let is_gpu = |name: &str| {
        name.strip_prefix("nvidia")
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let found = entries.flatten().filter(|it| it.file_name().to_str().is_some_and(is_gpu)).count();
    u32::try_from(found).unwrap_or(u32::MAX)
}

/// At least one, so that steps that ask for one take turns where none is found.
fn count(told: Option<u32>, visible: Option<&[String]>, devices: u32) -> u32 {
    let visible = visible.map(|names| u32::try_from(names.len()).unwrap_or(u32::MAX));
    let count = match (told, visible) {
        (Some(told), Some(visible)) => told.min(visible),
        (Some(told), None) => told,
        (None, Some(visible)) => visible,
        (None, None) => devices,
    };
    count.clamp(1, Slots::MOST)
}

fn names(count: u32, visible: Option<&[String]>, devices: u32) -> Vec<String> {
    let numbers = || (0..devices).map(|it| it.to_string()).collect();
    let names = visible.map_or_else(numbers, <[String]>::to_vec);
    names.into_iter().take(count as usize).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn graphics_processors_are_those_that_are_visible() {
        let two = listed(&["3", "GPU-8f"]);
        assert_eq!(count(None, None, 4), 4);
        assert_eq!(count(None, Some(&two), 4), 2);
        assert_eq!(count(Some(1), Some(&two), 4), 1);
        assert_eq!(count(Some(8), Some(&two), 4), 2);
        assert_eq!(count(Some(8), None, 0), 8);
        assert_eq!(names(2, Some(&two), 4), ["3", "GPU-8f"]);
        assert_eq!(names(2, None, 4), ["0", "1"]);
    }

    #[test]
    fn without_any_steps_that_ask_for_one_take_turns() {
        assert_eq!(count(None, None, 0), 1);
        assert_eq!(count(None, Some(&[]), 4), 1);
        assert!(names(1, None, 0).is_empty());
        assert!(names(1, Some(&[]), 4).is_empty());
    }
}

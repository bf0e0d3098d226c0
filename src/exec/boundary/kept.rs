//! Inspections kept by what they depend on, so that data that was looked at is not read again: the
//! content of all files, the schema, and the mlc that looked. Losing them costs time, not truth.
#![expect(clippy::disallowed_methods, reason = "reads what it wrote itself")]

use crate::exec::atomic;
use crate::exec::boundary::inspection::{Inspection, Verdict};
use crate::exec::disk::Disk;
use crate::exec::md5::Md5;
use crate::model::project::{Dataset, NamedSchema, Project};
use camino::{Utf8Path, Utf8PathBuf};
use std::fmt::Write as _;
use std::fs;

/// Relative to the root.
const FOLDER: &str = ".mlc/boundaries";

/// How many are kept.
const MOST: usize = 500;

/// Where the inspection of a file is kept. `None` when its result may change by itself, or when the
/// content is not known.
pub(super) fn place(
    disk: &Disk,
    project: &Project,
    path: &Utf8Path,
    schema: &NamedSchema,
    dataset: Option<&Dataset>,
) -> Option<Utf8PathBuf> {
    let checks = schema.schema.columns.iter().flat_map(|it| &it.checks);
    if checks.into_iter().any(|it| it.constraint.value == "freshness") {
        return None;
    }
    let mut key = format!("mlc {}\n{path}\n", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(key, "{}\n{}", schema.name.value, schema.schema.spelled());
    let _ = writeln!(key, "{}", disk.digest(path, false).ok()?.md5);
    for (relation, other) in dataset.iter().flat_map(|it| it.demands()) {
        let other = project.dataset(other);
        let _ = writeln!(key, "{}", relation.spelled(&other.name.value));
        other_side(&mut key, disk, project, other)?;
    }
    Some(disk.root.join(FOLDER).join(format!("{}.json", Md5::of(key.as_bytes()))))
}

/// What a relation depends on of the other dataset.
fn other_side(key: &mut String, disk: &Disk, project: &Project, other: &Dataset) -> Option<()> {
    let digest = disk.digest(&other.path.value, false).ok()?.md5;
    let _ = writeln!(key, "{} {digest}", other.path.value);
    if let Some(schema) = &other.schema {
        let _ = writeln!(key, "{}", project.schema(schema.value).schema.spelled());
    }
    Some(())
}

pub(super) fn find(place: &Utf8Path) -> Option<Inspection> {
    let text = fs::read_to_string(place).ok()?;
    let found: Inspection = serde_json::from_str(&text).ok()?;
    Some(Inspection { kept: true, ..found })
}

/// Keeps an inspection, and forgets the oldest when there are too many.
pub(super) fn keep(place: &Utf8Path, inspection: &Inspection) {
    if inspection.verdict == Verdict::Unread {
        return;
    }
    let Ok(text) = serde_json::to_string(inspection) else { return };
    if atomic::write_lazily(place, text.as_bytes()).is_ok() {
        let _ = place.parent().map(prune);
    }
}

fn prune(folder: &Utf8Path) -> std::io::Result<()> {
    let entries = folder.read_dir_utf8()?.collect::<std::io::Result<Vec<_>>>()?;
    let excess = entries.len().saturating_sub(MOST);
    if excess == 0 {
        return Ok(());
    }
    let age = |path: &Utf8Path| fs::metadata(path).and_then(|it| it.modified()).ok();
    let mut files: Vec<_> = entries.iter().map(|it| (age(it.path()), it.path())).collect();
    files.sort();
    files.iter().take(excess).try_for_each(|(_, path)| fs::remove_file(path))
}

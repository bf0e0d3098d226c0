//! Whether what a version was locked with is still there, and still the same.
#![expect(clippy::disallowed_methods, reason = "asks git, reads params files")]

use crate::base::params;
use crate::exec::config;
use crate::exec::disk::Disk;
use crate::exec::reason::value_json;
use crate::exec::registry::card::{Card, Content};
use crate::exec::registry::version::Version;
use crate::exec::registry::{Action, Shelf, identity, signature};
use crate::plan::Plan;
use camino::Utf8Path;
use serde_json::Value;
use std::fs;
use std::process::Command;

/// One part of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// `data`, `code`, `param` …
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    /// Why it is not as locked, if it is not.
    pub(crate) wrong: Option<String>,
}

impl Part {
    fn new(kind: &'static str, name: impl Into<String>, wrong: Option<String>) -> Self {
        Self { kind, name: name.into(), wrong }
    }
}

/// Where contents are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    /// In the project as it lies there.
    Project,
    /// In the cache and in git, from which the version can be brought back.
    Stored,
}

/// Looks at every part of a version.
pub(crate) fn verify(
    disk: &Disk,
    plan: &Plan,
    shelf: &Shelf,
    version: Version,
    place: Where,
) -> anyhow::Result<Vec<Part>> {
    let (card, md5) = shelf.card(version)?;
    let events = shelf.history()?;
    let locked = events.iter().find(|it| it.action == Action::Lock && it.version == card.version);
    let changed = match locked.and_then(|it| it.card.as_ref()) {
        Some(known) if *known == md5 => None,
        Some(_) => Some("it was changed after it was locked".to_owned()),
        None => Some("the history does not know it".to_owned()),
    };
    let mut parts = vec![Part::new("card", card.version.clone(), changed)];
    if let Some(signers) = plan.project.registry.as_ref().and_then(|it| it.signers.as_ref()) {
        let signer = signature::signer(&shelf.place(version), (&disk.root, &signers.value));
        parts.push(Part::new("signature", card.version.clone(), signer.err()));
    }
    if let Some(commit) = &card.commit {
        parts.push(Part::new("commit", short(commit), unreachable(&disk.root, commit)));
    }
    let contents = std::iter::once(("model", &card.file))
        .chain(card.data.iter().map(|it| ("data", it)))
        .chain(card.code.iter().map(|it| ("code", it)))
        .chain(card.environment.iter().map(|it| ("environment", it)));
    for (kind, content) in contents {
        let wrong = match place {
            Where::Project => changed_here(disk, content),
            Where::Stored => not_stored(disk, &card, content),
        };
        parts.push(Part::new(kind, &*content.path, wrong));
    }
    if let Some(metrics) = &card.metrics {
        let content = Content { path: metrics.path.clone(), md5: metrics.md5.clone() };
        let wrong = match place {
            Where::Project => changed_here(disk, &content),
            Where::Stored => not_stored(disk, &card, &content),
        };
        parts.push(Part::new("metrics", &*metrics.path, wrong));
    }
    if place == Where::Project {
        params_here(disk, &card, &mut parts);
        let now = identity::schemas(plan);
        for (name, digest) in &card.schemas {
            let wrong = match now.get(name) {
                None => Some("the spec has no such schema".to_owned()),
                Some(own) if own != digest => Some("it says something else now".to_owned()),
                Some(_) => None,
            };
            parts.push(Part::new("schema", &**name, wrong));
        }
    }
    for gate in &card.gates {
        let wrong = (!gate.holds).then(|| "it did not hold when the version was locked".to_owned());
        parts.push(Part::new("thresholds", &*gate.name, wrong));
    }
    Ok(parts)
}

fn changed_here(disk: &Disk, content: &Content) -> Option<String> {
    match disk.digest(Utf8Path::new(&content.path), false) {
        Ok(digest) if digest.md5 == content.md5 => None,
        Ok(digest) => Some(format!(
            "its content changed (md5 {} to {})",
            short(&content.md5),
            short(&digest.md5)
        )),
        Err(error) if error.missing => Some("it is not there".to_owned()),
        Err(error) => Some(format!("it cannot be read: {error}")),
    }
}

/// Whether a content can be brought back: from the cache, or from git at the version's commit.
fn not_stored(disk: &Disk, card: &Card, content: &Content) -> Option<String> {
    if disk.cache.has(&content.md5) {
        return None;
    }
    if config::remote_folder(&disk.root).is_some_and(|it| in_remote(&it, &content.md5)) {
        return None;
    }
    let commit = card.commit.as_deref()?;
    let object = format!("{commit}:./{}", content.path);
    let output = Command::new("git").args(["show", &object]).current_dir(&disk.root).output();
    let found = output.ok().filter(|it| it.status.success());
    let same = |bytes: &[u8]| crate::exec::md5::Md5::of(bytes).to_string() == content.md5;
    match found {
        Some(output) if same(&output.stdout) => None,
        Some(_) => Some("the cache does not hold it, and git has something else".to_owned()),
        None => Some(
            "neither the cache nor git holds it; `dvc fetch` asks a remote elsewhere".to_owned(),
        ),
    }
}

/// Whether a remote that is a folder has an object, and all members of a directory.
fn in_remote(remote: &Utf8Path, oid: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Member {
        md5: String,
    }
    let Some((folder, name)) = oid.split_at_checked(2) else { return false };
    let object = remote.join("files/md5").join(folder).join(name);
    if !oid.ends_with(".dir") {
        return object.is_file();
    }
    let members = fs::read_to_string(object).ok();
    let members = members.and_then(|text| serde_json::from_str::<Vec<Member>>(&text).ok());
    members.is_some_and(|members| members.iter().all(|it| in_remote(remote, &it.md5)))
}

/// Whether a commit is there, and a branch or a tag leads to it.
fn unreachable(root: &Utf8Path, commit: &str) -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).current_dir(root).output().ok()?;
        output.status.success().then_some(output.stdout)
    };
    if git(&["cat-file", "-e", &format!("{commit}^{{commit}}")]).is_none() {
        return Some(
            "git does not know it: was history rewritten, or is the clone shallow?".to_owned(),
        );
    }
    let named = git(&["for-each-ref", "--count=1", "--contains", commit]);
    let checked_out = git(&["merge-base", "--is-ancestor", commit, "HEAD"]).is_some();
    let reached = checked_out || named.is_some_and(|it| !it.is_empty());
    (!reached).then(|| "no branch or tag leads to it any more: history was rewritten".to_owned())
}

fn params_here(disk: &Disk, card: &Card, parts: &mut Vec<Part>) {
    for (file, values) in &card.params {
        let path = Utf8Path::new(file);
        let read = fs::read_to_string(disk.root.join(path)).map_err(|it| it.to_string());
        let read =
            read.and_then(|text| params::parse(path, &text).map_err(|error| error.to_string()));
        for (key, old) in values {
            let wrong = match &read {
                Err(error) => Some(format!("`{file}` cannot be read: {error}")),
                Ok(params) => match params.value.lookup(key).map(value_json) {
                    None => Some("it is gone".to_owned()),
                    Some(now) if same(&now, old) => None,
                    Some(now) => Some(format!("it is {now}, and was {old}")),
                },
            };
            parts.push(Part::new("param", format!("{file}: {key}"), wrong));
        }
    }
}

/// 3 and 3.0 are the same, as to DVC.
fn same(one: &Value, other: &Value) -> bool {
    one == other || one.as_f64().is_some_and(|it| other.as_f64() == Some(it))
}

/// The beginning of a digest.
pub(crate) fn short(digest: &str) -> &str {
    digest.get(..8).unwrap_or(digest)
}

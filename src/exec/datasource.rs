//! `.dvc` files: data that somebody put under `dvc add`, as the stages find it that read it.
//!
//! As `dvc repro` does, mlc stores data that has changed and rewrites its `.dvc` file before a
//! stage reads it. Data that is missing comes back from the cache, which DVC leaves to the user.
#![expect(clippy::disallowed_methods, reason = "reads `.dvc` files")]

use crate::base::value::Value;
use crate::base::yaml;
use crate::exec::atomic;
use crate::exec::cache::Cache;
use crate::exec::disk::Disk;
use crate::exec::hash::Digest;
use anyhow::{Context as _, bail};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;
use std::fs;
use std::sync::{Mutex, PoisonError};

/// The data sources of one run; each is looked at once.
#[derive(Debug, Default)]
pub(crate) struct DataSources {
    /// Paths that stages read, and `.dvc` files.
    seen: Mutex<BTreeSet<Utf8PathBuf>>,
}

/// What a `.dvc` file says of the one path that it tracks.
#[derive(Debug)]
struct Tracked {
    /// Relative to the root.
    file: Utf8PathBuf,
    text: String,
    /// Relative to the root.
    path: Utf8PathBuf,
    md5: Option<String>,
    legacy: bool,
    isexec: bool,
}

impl DataSources {
    /// Stores what has changed of the data at `path`, which no stage writes, and records it in
    /// its `.dvc` file. Missing data is brought back.
    pub(crate) fn refresh(&self, path: &Utf8Path, disk: &Disk) -> anyhow::Result<()> {
        // One after the other: several stages may read the same data.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.contains(path) {
            return Ok(());
        }
        for file in candidates(path, disk) {
            if !seen.contains(&file)
                && let Some(tracked) = read(&disk.root, &file)?
            {
                tracked.refresh(disk)?;
            }
            seen.insert(file);
        }
        // Only now: who reads the same data must hear of the same error.
        seen.insert(path.to_owned());
        Ok(())
    }
}

/// The `.dvc` files that may track a path: its own, those of the folders it lies in, and those
/// that lie in it.
fn candidates(path: &Utf8Path, disk: &Disk) -> Vec<Utf8PathBuf> {
    let above = path.ancestors().filter(|it| it.file_name().is_some());
    let mut files: Vec<Utf8PathBuf> = above.map(|it| format!("{it}.dvc").into()).collect();
    files.retain(|file| disk.root.join(file).is_file());
    let inside = disk.root.join(path).read_dir_utf8().into_iter().flatten().flatten();
    let names = inside.filter(|it| it.file_name().ends_with(".dvc") && it.path().is_file());
    files.extend(names.map(|it| path.join(it.file_name())));
    files
}

/// Reads a `.dvc` file of data; `None` for an import, which has a source elsewhere, and for what
/// only other versions of DVC write.
fn read(root: &Utf8Path, file: &Utf8Path) -> anyhow::Result<Option<Tracked>> {
    let text =
        fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {file}"))?;
    let value = yaml::parse(&text).with_context(|| file.to_string())?.to_value();
    let Some(Value::List(outs)) = value.get("outs") else { return Ok(None) };
    let ([out], None, None) = (outs.as_slice(), value.get("deps"), value.get("wdir")) else {
        return Ok(None);
    };
    let Some(path) = out.get("path").and_then(Value::as_str) else { return Ok(None) };
    let folder = file.parent().unwrap_or(Utf8Path::new(""));
    Ok(Some(Tracked {
        file: file.to_owned(),
        path: folder.join(path),
        md5: out.get("md5").and_then(Value::as_str).map(str::to_owned),
        legacy: out.get("hash").is_none(),
        isexec: matches!(out.get("isexec"), Some(Value::Bool(true))),
        text,
    }))
}

/// The digest of data that is missing and that a run would bring back.
pub(super) fn promised(path: &Utf8Path, legacy: bool, disk: &Disk) -> Option<(String, bool)> {
    let tracked = read(&disk.root, Utf8Path::new(&format!("{path}.dvc"))).ok()??;
    let md5 = tracked.md5.filter(|md5| disk.cache.of(tracked.legacy).has(md5))?;
    (tracked.path == path && tracked.legacy == legacy).then_some((md5, tracked.isexec))
}

/// Where the cache holds the data that a `.dvc` file tracks.
pub(super) fn object(root: &Utf8Path, file: &Utf8Path, cache: &Cache) -> Option<Utf8PathBuf> {
    let tracked = read(root, file).ok()??;
    cache.of(tracked.legacy).object(&tracked.md5?).ok()
}

impl Tracked {
    fn refresh(&self, disk: &Disk) -> anyhow::Result<()> {
        match disk.digest(&self.path, self.legacy) {
            Ok(digest) if Some(&digest.md5) == self.md5.as_ref() => {
                if disk.cache.of(self.legacy).has(&digest.md5) { Ok(()) } else { self.store(disk) }
            }
            Ok(_) => self.store(disk),
            Err(error) if error.missing => self.bring_back(disk),
            Err(error) => Err(error.into()),
        }
    }

    fn store(&self, disk: &Disk) -> anyhow::Result<()> {
        let digest = disk.hasher.store(&self.path, &disk.cache)?;
        if Some(&digest.md5) == self.md5.as_ref() && !self.legacy {
            return Ok(());
        }
        let Some(text) = updated(&self.text, &digest) else {
            bail!("{} cannot be brought up to date: run `dvc commit {0}`", self.file);
        };
        atomic::write(&disk.root.join(&self.file), text.as_bytes())
    }

    fn bring_back(&self, disk: &Disk) -> anyhow::Result<()> {
        let cache = disk.cache.of(self.legacy);
        match &self.md5 {
            Some(md5) if cache.has(md5) => {
                cache.checkout(md5, &disk.root.join(&self.path), self.isexec)
            }
            _ => bail!(
                "its dep `{}` is missing and not in the cache: run `dvc pull {}`",
                self.path,
                self.file
            ),
        }
    }
}

/// The text with another digest in it; other keys and comments stay. `None` where the lines are
/// not as DVC writes them.
fn updated(text: &str, digest: &Digest) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 32);
    let mut replaced = false;
    let mut has_hash = false;
    let mut inside_item = false;
    for line in text.lines() {
        // The one item ends where something stands at the left margin again.
        inside_item &= line.starts_with(' ');
        let (lead, rest) = line.split_at(line.len() - line.trim_start_matches([' ', '-']).len());
        let key = rest.split_once(':').map_or(rest, |(key, _)| key);
        let inside = lead.replace('-', " ");
        match key {
            "md5" if !replaced && lead.contains('-') => {
                (replaced, inside_item) = (true, true);
                out.push_str(&format!(
                    "{lead}md5: {}\n{inside}size: {}\n",
                    digest.md5, digest.size
                ));
                if let Some(nfiles) = digest.nfiles {
                    out.push_str(&format!("{inside}nfiles: {nfiles}\n"));
                }
                if digest.isexec {
                    out.push_str(&format!("{inside}isexec: true\n"));
                }
            }
            // They stand beside the digest, whose lines are new.
            "size" | "nfiles" | "isexec" if inside_item => {}
            "path" if inside_item && !has_hash => {
                has_hash = true;
                out.push_str(&format!("{inside}hash: md5\n{line}\n"));
            }
            "hash" if inside_item => {
                has_hash = true;
                out.push_str(&format!("{inside}hash: md5\n"));
            }
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    (replaced && has_hash).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_digest_of_a_dvc_file_is_written_anew() {
        let digest = |nfiles, isexec| Digest { md5: "new".to_owned(), size: 7, nfiles, isexec };
        let text = "# mine\nouts:\n- md5: old\n  size: 2\n  nfiles: 1\n  hash: md5\n  path: x.csv\n  desc: 'size: 3'\nmeta:\n  size: 1\n";
        let want = "# mine\nouts:\n- md5: new\n  size: 7\n  hash: md5\n  path: x.csv\n  desc: 'size: 3'\nmeta:\n  size: 1\n";
        assert_eq!(updated(text, &digest(None, false)).unwrap(), want);
        let old = "outs:\n- md5: old\n  path: x\n";
        let want =
            "outs:\n- md5: new\n  size: 7\n  nfiles: 2\n  isexec: true\n  hash: md5\n  path: x\n";
        assert_eq!(updated(old, &digest(Some(2), true)).unwrap(), want);
        assert_eq!(updated("{outs: [{md5: old, path: x}]}\n", &digest(None, false)), None);
    }
}

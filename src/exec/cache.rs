//! DVC's object store: contents by digest, never rewritten. Unaware of stages and locks.
//!
//! Mode 0444 tells DVC, and us, that an object was whole when it was stored.
#![expect(clippy::disallowed_methods, reason = "this module reads and writes objects")]

use crate::exec::config;
use crate::exec::hash::{Digest, Member, copy_md5, listing, read_md5};
use crate::exec::legacy;
use anyhow::{Context as _, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;

/// Mode of a whole object.
const STORED: u32 = 0o444;

/// The cache of one project.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    dir: Utf8PathBuf,
    /// Whether these are the objects of DVC 2, named by digests of its own.
    is_legacy: bool,
}

impl Cache {
    /// Makes `.dvc` if need be and finds the cache that it names.
    pub(crate) fn open(root: &Utf8Path) -> anyhow::Result<Self> {
        config::ensure_dvc_folder(root)?;
        Self::look(root)
    }

    /// Finds the cache of a project, for a look: makes nothing.
    pub(crate) fn look(root: &Utf8Path) -> anyhow::Result<Self> {
        Ok(Self { dir: config::cache_dir(root)?, is_legacy: false })
    }

    /// The same cache, as DVC 2 fills it where `legacy` is true.
    pub(crate) fn of(&self, legacy: bool) -> Self {
        Self { dir: self.dir.clone(), is_legacy: legacy }
    }

    /// Folder of the cache.
    pub(crate) fn dir(&self) -> &Utf8Path {
        &self.dir
    }

    /// Folder of the run cache.
    pub(crate) fn runs(&self) -> Utf8PathBuf {
        self.dir.join("runs")
    }

    /// Stores the file or directory at `path`, whose digest is `digest`.
    pub(crate) fn put(&self, path: &Utf8Path, digest: &Digest) -> anyhow::Result<()> {
        if digest.nfiles.is_none() {
            return self.put_file(path, &digest.md5);
        }
        for member in &digest.members {
            self.put_file(&path.join(&member.relpath), &member.md5)?;
        }
        // Last, so that a listing in the cache means that its members are there too.
        let object = self.object(&digest.md5)?;
        if self.is_stored(&object, &digest.md5) {
            return Ok(());
        }
        let listing = listing(&digest.members);
        store(&object, |file| Ok(file.write_all(listing.as_bytes())?))
    }

    /// Whether the object is there, and every member of a directory.
    pub(crate) fn has(&self, oid: &str) -> bool {
        let Ok(object) = self.object(oid) else { return false };
        if !self.is_stored(&object, oid) {
            return false;
        }
        if !oid.ends_with(".dir") {
            return true;
        }
        self.members(oid).is_ok_and(|members| members.iter().all(|member| self.has(&member.md5)))
    }

    /// The text of a stored file.
    pub(crate) fn read(&self, oid: &str) -> anyhow::Result<String> {
        let object = self.object(oid)?;
        fs::read_to_string(&object).with_context(|| format!("cannot read {object}"))
    }

    /// Replaces whatever stands at `path` by the file or directory stored under `oid`.
    pub(crate) fn checkout(&self, oid: &str, path: &Utf8Path, isexec: bool) -> anyhow::Result<()> {
        let folder = path.parent().context("the path has no folder")?;
        fs::create_dir_all(folder).with_context(|| format!("cannot create {folder}"))?;
        if !oid.ends_with(".dir") {
            let mode = if isexec { 0o777 } else { 0o666 };
            return restore_file(&self.object(oid)?, path, folder, mode);
        }
        let members = self.members(oid)?;
        // Built aside, so that an interrupt never leaves half a directory in the path's place.
        let aside = tempfile::Builder::new()
            .prefix(".mlc-")
            .permissions(Permissions::from_mode(0o777))
            .tempdir_in(folder)?;
        let top = Utf8Path::from_path(aside.path()).context("the path is not UTF-8")?;
        for Member { relpath, md5 } in &members {
            let target = top.join(relpath);
            fs::create_dir_all(target.parent().unwrap_or(top))?;
            copy_out(&self.object(md5)?, &target)?;
        }
        remove(path)?;
        fs::rename(aside.keep(), path).with_context(|| format!("cannot restore {path}"))
    }

    /// The files of a directory stored under `oid`.
    pub(crate) fn members(&self, oid: &str) -> anyhow::Result<Vec<Member>> {
        let object = self.object(oid)?;
        let text = fs::read_to_string(&object).with_context(|| format!("cannot read {object}"))?;
        let broken = || format!("{object} is no listing: delete it");
        let parsed: serde_json::Value = serde_json::from_str(&text).with_context(broken)?;
        let member = |item: &serde_json::Value| {
            let text = |key: &str| item.get(key)?.as_str().map(str::to_owned);
            let relpath = text("relpath").filter(|it| is_inside(Utf8Path::new(it)))?;
            Some(Member { relpath, md5: text("md5")? })
        };
        let items = parsed.as_array().with_context(broken)?;
        items.iter().map(|item| member(item).with_context(broken)).collect()
    }

    /// Where an object lies, if it is stored.
    pub(crate) fn object(&self, oid: &str) -> anyhow::Result<Utf8PathBuf> {
        let digest = oid.strip_suffix(".dir").unwrap_or(oid);
        let is_md5 = digest.len() == 32 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        ensure!(is_md5, "`{oid}` is not an md5 digest");
        let (folder, name) = oid.split_at(2);
        let top = if self.is_legacy { self.dir.clone() } else { self.dir.join("files/md5") };
        Ok(top.join(folder).join(name))
    }

    /// Whether a whole object stands there; one that is not is removed, as DVC does.
    fn is_stored(&self, object: &Utf8Path, oid: &str) -> bool {
        let Ok(metadata) = fs::metadata(object) else { return false };
        if metadata.permissions().mode() & 0o777 == STORED {
            return true;
        }
        let digest = oid.strip_suffix(".dir").unwrap_or(oid);
        if self.digest(object, oid).is_ok_and(|md5| md5 == digest) {
            let _ = fs::set_permissions(object, Permissions::from_mode(STORED));
            return true;
        }
        let _ = fs::remove_file(object);
        false
    }

    /// The digest that names a file's object. Listings are named by their bytes in either cache.
    fn digest(&self, file: &Utf8Path, oid: &str) -> io::Result<String> {
        if self.is_legacy && !oid.ends_with(".dir") {
            return legacy::read_md5(file);
        }
        read_md5(file).map(|(md5, _)| md5)
    }

    fn put_file(&self, path: &Utf8Path, oid: &str) -> anyhow::Result<()> {
        let object = self.object(oid)?;
        if self.is_stored(&object, oid) {
            return Ok(());
        }
        let mut source = File::open(path).with_context(|| format!("cannot read {path}"))?;
        store(&object, |file| {
            // What is stored must be what was hashed: DVC would believe the object for ever.
            let copied = copy_md5(&mut source, file)?;
            let is_whole =
                if self.is_legacy { self.digest(path, oid)? == oid } else { copied == oid };
            ensure!(
                is_whole,
                "the file changed while it was stored: is something still writing it?"
            );
            Ok(())
        })
        .with_context(|| format!("cannot store {path}"))
    }
}

/// Whether the path stays below where it starts.
fn is_inside(path: &Utf8Path) -> bool {
    let normal = |part: camino::Utf8Component<'_>| matches!(part, camino::Utf8Component::Normal(_));
    path.components().next().is_some() && path.components().all(normal)
}

/// Writes an object aside and moves it into place.
fn store(
    object: &Utf8Path,
    fill: impl FnOnce(&mut File) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let folder = object.parent().context("an object has a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {folder}"))?;
    let mut file = tempfile::Builder::new().prefix(".mlc-").tempfile_in(folder)?;
    fill(file.as_file_mut())?;
    file.as_file().set_permissions(Permissions::from_mode(STORED))?;
    file.persist(object)?;
    Ok(())
}

/// Copies one stored file into place. The process's umask takes its part of `mode`.
fn restore_file(
    object: &Utf8Path,
    path: &Utf8Path,
    folder: &Utf8Path,
    mode: u32,
) -> anyhow::Result<()> {
    let describe = || format!("cannot restore {path} from {object}");
    let mut source = File::open(object).with_context(describe)?;
    let permissions = Permissions::from_mode(mode);
    let mut file =
        tempfile::Builder::new().prefix(".mlc-").permissions(permissions).tempfile_in(folder)?;
    io::copy(&mut source, file.as_file_mut()).with_context(describe)?;
    remove(path)?;
    file.persist(path).with_context(describe)?;
    Ok(())
}

/// Copies an object to a file of a directory that is being built.
fn copy_out(object: &Utf8Path, path: &Utf8Path) -> anyhow::Result<()> {
    let copy = || -> io::Result<()> {
        let mut source = File::open(object)?;
        let mut target = File::options().write(true).create_new(true).open(path)?;
        io::copy(&mut source, &mut target).map(|_| ())
    };
    copy().with_context(|| format!("cannot restore {path} from {object}"))
}

/// Removes a file, a link or a whole directory; nothing there is fine.
pub(crate) fn remove(path: &Utf8Path) -> anyhow::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    };
    removed.with_context(|| format!("cannot remove {path}"))
}

//! Objects on their way out of the cache. Each is hashed before its content is believed.

use super::links::{Kind, create};
use super::{ASIDE, Cache, Corrupt, remove};
use crate::exec::errands::{self, Errands, Finished, HUGE, Source};
use crate::exec::md5::Md5;
use crate::exec::state::Stamp;
use anyhow::{Context as _, anyhow};
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;

impl Cache {
    /// Replaces whatever stands at `path` by the file or directory stored under `oid`.
    ///
    /// An object that is not what its name says goes into quarantine, `path` is left alone, and
    /// the error is a `Corrupt`.
    pub(crate) fn checkout(&self, oid: &str, path: &Utf8Path, isexec: bool) -> anyhow::Result<()> {
        let folder = path.parent().context("the path has no folder")?;
        fs::create_dir_all(folder).with_context(|| format!("cannot create {folder}"))?;
        let mode = if isexec { 0o777 } else { 0o666 };
        // Built aside, so that an interrupt never leaves half an output in the path's place; in
        // DVC's folder, because what a killed run leaves beside the path may lie in a directory
        // that another step reads.
        let built = self.build(oid, path, self.workshop(folder), mode);
        let is_elsewhere = |error: &anyhow::Error| {
            let cause = error.downcast_ref::<io::Error>();
            cause.is_some_and(|error| error.kind() == io::ErrorKind::CrossesDevices)
        };
        match built {
            Err(error) if is_elsewhere(&error) => self.build(oid, path, folder, mode),
            built => built,
        }
        .with_context(|| format!("cannot restore {path} from the cache"))
    }

    /// Builds a stored file or directory in `workshop` and moves it to `path`.
    fn build(
        &self,
        oid: &str,
        path: &Utf8Path,
        workshop: &Utf8Path,
        mode: u32,
    ) -> anyhow::Result<()> {
        let aside = tempfile::Builder::new()
            .prefix(ASIDE)
            .permissions(Permissions::from_mode(0o777))
            .tempdir_in(workshop)
            .with_context(|| format!("cannot write into {workshop}"))?;
        let top = Utf8Path::from_path(aside.path()).context("the path is not UTF-8")?.join("out");
        if oid.ends_with(".dir") {
            fs::create_dir(&top)?;
            let members = self.members(oid)?.into_iter().map(|it| (it.md5, top.join(it.relpath)));
            self.bring(members.collect(), &top, 0o666)?;
        } else {
            self.bring(vec![(oid.to_owned(), top.clone())], &top, mode)?;
        }
        if fs::symlink_metadata(path).is_ok_and(|old| old.is_dir()) || top.is_dir() {
            remove(path)?;
        }
        Ok(fs::rename(top, path)?)
    }

    /// Brings objects to paths below `top`, where nothing stands yet.
    fn bring(
        &self,
        objects: Vec<(String, Utf8PathBuf)>,
        top: &Utf8Path,
        mode: u32,
    ) -> anyhow::Result<()> {
        let workshop = top.parent().unwrap_or(top);
        let mut made = workshop.to_owned();
        for folder in objects.iter().filter_map(|(_, path)| path.parent()) {
            // Sorted by path, so that files of one folder mostly follow each other.
            if folder != made {
                fs::create_dir_all(folder).with_context(|| format!("cannot create {folder}"))?;
                folder.clone_into(&mut made);
            }
        }
        let errand = Checkout { cache: self, kind: self.kind(workshop), objects: &objects, mode };
        let size = |oid: &str| Some(fs::metadata(self.object(oid).ok()?).ok()?.len());
        match objects.as_slice() {
            [(oid, _)] if size(oid).is_some_and(|size| size >= HUGE) => {
                errands::run_huge(&errand, 0).map(drop)
            }
            _ => {
                let threads = std::thread::available_parallelism().map_or(1, usize::from);
                errands::run(&errand, 0..objects.len(), threads.min(objects.len().div_ceil(64)))
                    .map(drop)
            }
        }
    }
}

/// Objects with the paths they go to.
struct Checkout<'a> {
    cache: &'a Cache,
    kind: Kind,
    objects: &'a [(String, Utf8PathBuf)],
    mode: u32,
}

impl Checkout<'_> {
    fn object(&self, at: usize) -> anyhow::Result<(&str, &Utf8Path)> {
        let (oid, path) = self.objects.get(at).context("there are not so many objects")?;
        Ok((oid, path))
    }

    fn place(&self, at: usize, read: Finished<'_, File>) -> anyhow::Result<()> {
        let (oid, path) = self.object(at)?;
        let is_whole = if self.cache.is_legacy {
            self.cache.is_named_right(&self.cache.object(oid)?, oid)
        } else {
            Md5::parse(oid) == Some(read.md5)
        };
        if !is_whole {
            return Err(self.cache.quarantine(oid).into());
        }
        match (read.target, read.whole) {
            (Some(_), _) => {}
            (None, Some(bytes)) if self.kind == Kind::Copy => {
                create(path, self.mode)?.write_all(bytes)?;
            }
            (None, _) => {
                self.cache.link(self.kind, &self.cache.object(oid)?, path, self.mode)?;
            }
        }
        Ok(())
    }
}

impl Errands for Checkout<'_> {
    type Target = File;
    type Error = anyhow::Error;

    fn open(&self, at: usize) -> anyhow::Result<Source> {
        let object = self.cache.object(self.object(at)?.0)?;
        let file = File::open(&object).with_context(|| format!("cannot read {object}"))?;
        let stamp = Stamp::from(&file.metadata()?);
        Ok(Source { file, stamp })
    }

    fn target(&self, at: usize, _source: &Source) -> anyhow::Result<Option<File>> {
        if self.kind != Kind::Copy {
            return Ok(None);
        }
        Ok(Some(create(self.object(at)?.1, self.mode)?))
    }

    fn done(&self, at: usize, read: Finished<'_, File>) -> anyhow::Result<()> {
        let path = self.object(at)?.1;
        self.place(at, read).map_err(|error| match error.downcast::<Corrupt>() {
            Ok(corrupt) => corrupt.into(),
            Err(error) => error.context(format!("cannot write {path}")),
        })
    }

    fn failed(&self, at: usize, error: &io::Error) -> anyhow::Error {
        let oid = self.objects.get(at).map_or("", |(oid, _)| oid);
        anyhow!("object {oid}: {error}")
    }
}

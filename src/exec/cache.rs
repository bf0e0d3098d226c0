//! DVC's object store: contents by digest, never rewritten. Unaware of stages and locks.
//!
//! Mode 0444 tells DVC, and us, that an object was whole when it was stored. Objects are not forced
//! to the disk one by one, which would take longer than making most of them: one that a power cut
//! tore is found when it is used, because what leaves the cache is hashed on its way.
#![expect(clippy::disallowed_methods, reason = "this module reads and writes objects")]

mod checkout;
mod links;

use crate::exec::config;
use crate::exec::hash::Member;
use crate::exec::legacy;
use crate::exec::md5::{Md5, Stream};
use anyhow::{Context as _, ensure};
use camino::{Utf8Path, Utf8PathBuf};
use links::Kind;
use std::fmt;
use std::fs::{self, File, Permissions};
use std::io::{self, Read as _, Write};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};
use tempfile::NamedTempFile;

/// Mode of a whole object.
const STORED: u32 = 0o444;

/// What our temporary files and folders start with.
const ASIDE: &str = ".mlc-";

/// The cache of one project.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    dir: Utf8PathBuf,
    /// Whether these are the objects of DVC 2, named by digests of its own.
    is_legacy: bool,
    /// Where corrupt objects go.
    quarantine: Utf8PathBuf,
    /// How files come out of the cache, the best first.
    kinds: Vec<Kind>,
    /// The first of them that works here, once it is known.
    works: Arc<OnceLock<Kind>>,
    /// Whether all users of a group share the cache.
    shared: bool,
}

/// An object that does not hold what its name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Corrupt {
    pub(crate) oid: String,
    /// Where it is now; nowhere if it had to be deleted.
    pub(crate) quarantined: Option<Utf8PathBuf>,
}

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the cache's object {} was corrupt; ", self.oid)?;
        match &self.quarantined {
            Some(path) => write!(f, "it is kept as {path}"),
            None => f.write_str("it was deleted"),
        }
    }
}

impl std::error::Error for Corrupt {}

/// An object whose digest is not known yet.
#[derive(Debug)]
pub(crate) struct Incoming {
    file: NamedTempFile,
    /// Whether the file system has copied the content already.
    cloned: bool,
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.cloned { Ok(bytes.len()) } else { self.file.write(bytes) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Cache {
    /// Makes `.dvc` if need be and finds the cache that it names.
    pub(crate) fn open(root: &Utf8Path) -> anyhow::Result<Self> {
        config::ensure_dvc_folder(root)?;
        let cache = Self::look(root)?;
        cache.sweep();
        Ok(cache)
    }

    /// Finds the cache of a project, for a look: makes nothing.
    pub(crate) fn look(root: &Utf8Path) -> anyhow::Result<Self> {
        Ok(Self {
            dir: config::cache_dir(root)?,
            is_legacy: false,
            quarantine: root.join(".dvc/tmp/mlc-quarantine"),
            kinds: links::configured(config::cache_setting(root, "type").as_deref())?,
            works: Arc::default(),
            shared: config::cache_setting(root, "shared").is_some_and(|it| it == "group"),
        })
    }

    /// The same cache, as DVC 2 fills it where `legacy` is true.
    pub(crate) fn of(&self, legacy: bool) -> Self {
        Self { is_legacy: legacy, ..self.clone() }
    }

    /// Folder of the cache.
    pub(crate) fn dir(&self) -> &Utf8Path {
        &self.dir
    }

    /// Folder of the objects.
    fn objects(&self) -> Utf8PathBuf {
        if self.is_legacy { self.dir.clone() } else { self.dir.join("files/md5") }
    }

    /// Folder of the run cache.
    pub(crate) fn runs(&self) -> Utf8PathBuf {
        self.dir.join("runs")
    }

    /// Stores bytes whose digest is known, unless they are there.
    pub(crate) fn put(&self, md5: Md5, bytes: &[u8]) -> anyhow::Result<()> {
        self.put_object(&md5.to_string(), bytes)
    }

    /// Stores the listing of a directory. Precondition: its files are stored.
    pub(crate) fn put_listing(
        &self,
        md5: Md5,
        listing: impl FnOnce() -> String,
    ) -> anyhow::Result<()> {
        let oid = format!("{md5}.dir");
        if self.is_stored(&self.object(&oid)?, &oid, None) {
            return Ok(());
        }
        self.put_object(&oid, listing().as_bytes())
    }

    fn put_object(&self, oid: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let object = self.object(oid)?;
        if self.is_stored(&object, oid, Some(bytes.len() as u64)) {
            return Ok(());
        }
        let mut file = self.aside()?;
        file.write_all(bytes)?;
        self.publish(file, &object)
    }

    /// Makes room for a content whose digest is not known yet. It is copied at once where the file
    /// system can share blocks between files.
    pub(crate) fn receive(&self, source: &File) -> anyhow::Result<Incoming> {
        let file = self.aside()?;
        let shares = self.kinds.first() == Some(&Kind::Reflink);
        let cloned = shares && links::reflink(source, file.as_file()).is_ok();
        Ok(Incoming { file, cloned })
    }

    /// Gives a content its name, unless an object has it already.
    pub(crate) fn keep(&self, incoming: Incoming, md5: Md5, size: u64) -> anyhow::Result<()> {
        let oid = md5.to_string();
        let object = self.object(&oid)?;
        if self.is_stored(&object, &oid, Some(size)) {
            return Ok(());
        }
        self.publish(incoming.file, &object)
    }

    /// Whether the object is there, and every member of a directory.
    pub(crate) fn has(&self, oid: &str) -> bool {
        let Ok(object) = self.object(oid) else { return false };
        if !self.is_stored(&object, oid, None) {
            return false;
        }
        if !oid.ends_with(".dir") {
            return true;
        }
        self.members(oid).is_ok_and(|members| self.has_all(&members))
    }

    /// Whether the object of every member is there.
    ///
    /// Of many members only the names are looked for, folder by folder: a look at each object
    /// takes ten times as long, and what leaves the cache is hashed anyway.
    fn has_all(&self, members: &[Member]) -> bool {
        const MANY: usize = 1000;
        if members.len() < MANY {
            return members.iter().all(|member| self.has(&member.md5));
        }
        let mut wanted: Vec<&str> = members.iter().map(|member| member.md5.as_str()).collect();
        wanted.sort_unstable();
        wanted.chunk_by(|a, b| a.get(..2) == b.get(..2)).all(|wanted| {
            let prefix = wanted.first().and_then(|md5| md5.get(..2)).unwrap_or_default();
            let folder = self.objects().join(prefix);
            let Ok(entries) = folder.read_dir_utf8() else { return false };
            let mut names: Vec<String> =
                entries.flatten().map(|entry| entry.file_name().to_owned()).collect();
            names.sort_unstable();
            let is_there = |md5: &&str| {
                let name = md5.get(2..).unwrap_or_default();
                names.binary_search_by(|it| it.as_str().cmp(name)).is_ok()
            };
            wanted.iter().all(is_there)
        })
    }

    /// Whether an object of this size is there.
    pub(crate) fn holds(&self, md5: Md5, size: u64) -> bool {
        let oid = md5.to_string();
        self.object(&oid).is_ok_and(|object| self.is_stored(&object, &oid, Some(size)))
    }

    /// The text of a stored file.
    pub(crate) fn read(&self, oid: &str) -> anyhow::Result<String> {
        let object = self.object(oid)?;
        let bytes = fs::read(&object).with_context(|| format!("cannot read {object}"))?;
        if Some(Md5::of(&bytes)) != Md5::parse(oid.trim_end_matches(".dir")) {
            return Err(self.quarantine(oid).into());
        }
        String::from_utf8(bytes).with_context(|| format!("{object} is no text"))
    }

    /// The files of a directory stored under `oid`.
    pub(crate) fn members(&self, oid: &str) -> anyhow::Result<Vec<Member>> {
        #[derive(serde::Deserialize)]
        struct Item {
            md5: String,
            relpath: String,
        }
        let text = self.read(oid)?;
        let broken = || format!("the cache's object {oid} is no listing");
        let items: Vec<Item> = serde_json::from_str(&text).with_context(broken)?;
        let member = |Item { md5, relpath }| {
            ensure!(is_inside(Utf8Path::new(&relpath)), "{}: `{relpath}`", broken());
            Ok(Member { relpath, md5 })
        };
        items.into_iter().map(member).collect()
    }

    /// Where an object lies, if it is stored.
    pub(crate) fn object(&self, oid: &str) -> anyhow::Result<Utf8PathBuf> {
        let digest = oid.strip_suffix(".dir").unwrap_or(oid);
        ensure!(Md5::parse(digest).is_some(), "`{oid}` is not an md5 digest");
        let (folder, name) = oid.split_at(2);
        Ok(self.objects().join(folder).join(name))
    }

    /// Whether a whole object stands there; one that is not goes into quarantine.
    ///
    /// As in DVC, an object that is not protected is hashed before it is believed.
    fn is_stored(&self, object: &Utf8Path, oid: &str, size: Option<u64>) -> bool {
        let Ok(metadata) = fs::metadata(object) else { return false };
        let protected = metadata.permissions().mode() & 0o777 == STORED;
        let sized = size.is_none_or(|size| size == metadata.len());
        if sized && (protected || self.is_named_right(object, oid)) {
            // A hard link that DVC made executable stays so.
            if !protected && metadata.nlink() == 1 {
                let _ = fs::set_permissions(object, Permissions::from_mode(STORED));
            }
            return true;
        }
        self.quarantine(oid);
        false
    }

    /// Whether an object holds what its name says. Listings are named by their bytes by any DVC.
    fn is_named_right(&self, object: &Utf8Path, oid: &str) -> bool {
        if self.is_legacy && !oid.ends_with(".dir") {
            return legacy::read_md5(object).is_ok_and(|md5| md5 == oid);
        }
        md5_of(object).is_ok_and(|md5| Md5::parse(oid.trim_end_matches(".dir")) == Some(md5))
    }

    /// Takes a corrupt object out of the cache, but keeps it for whoever wants to know.
    fn quarantine(&self, oid: &str) -> Corrupt {
        let moved = || -> anyhow::Result<Utf8PathBuf> {
            let (object, aside) = (self.object(oid)?, self.quarantine.join(oid));
            fs::create_dir_all(&self.quarantine)?;
            fs::rename(&object, &aside).or_else(|_| fs::remove_file(&object))?;
            Ok(aside)
        };
        let quarantined = moved().ok().filter(|path| path.exists());
        Corrupt { oid: oid.to_owned(), quarantined }
    }

    /// A file in the cache that nobody takes for an object.
    fn aside(&self) -> anyhow::Result<NamedTempFile> {
        let folder = self.dir.join("files/md5");
        let make = || tempfile::Builder::new().prefix(ASIDE).tempfile_in(&folder);
        let made = make().or_else(|error| {
            if error.kind() != io::ErrorKind::NotFound {
                return Err(error);
            }
            self.make_folder(&folder)?;
            make()
        });
        made.with_context(|| format!("cannot write into {folder}"))
    }

    fn publish(&self, file: NamedTempFile, object: &Utf8Path) -> anyhow::Result<()> {
        let describe = || format!("cannot write {object}");
        file.as_file().set_permissions(Permissions::from_mode(STORED)).with_context(describe)?;
        let file = match file.persist(object) {
            Ok(_) => return Ok(()),
            Err(failed) if failed.error.kind() == io::ErrorKind::NotFound => failed.file,
            Err(failed) => return Err(failed.error).with_context(describe),
        };
        self.make_folder(object.parent().unwrap_or(&self.dir)).with_context(describe)?;
        file.persist(object).with_context(describe)?;
        Ok(())
    }

    /// Makes a folder of the cache, and those above it; as DVC does for a group that shares it.
    fn make_folder(&self, folder: &Utf8Path) -> io::Result<()> {
        if !self.shared {
            return fs::create_dir_all(folder);
        }
        let missing: Vec<_> = folder.ancestors().take_while(|it| !it.exists()).collect();
        for folder in missing.into_iter().rev() {
            if let Err(error) = fs::create_dir(folder)
                && error.kind() != io::ErrorKind::AlreadyExists
            {
                return Err(error);
            }
            fs::set_permissions(folder, Permissions::from_mode(0o2775))?;
        }
        Ok(())
    }

    /// Where to build what goes into `folder`: DVC's temporary folder, if it is on the same device.
    fn workshop<'a>(&'a self, folder: &'a Utf8Path) -> &'a Utf8Path {
        let temporary = self.quarantine.parent().unwrap_or(folder);
        let device = |path: &Utf8Path| fs::metadata(path).ok().map(|metadata| metadata.dev());
        let there = device(temporary);
        if there.is_some() && there == device(folder) { temporary } else { folder }
    }

    /// Removes what killed runs left. What is younger than a day may belong to one that lives.
    fn sweep(&self) {
        let objects = self.dir.join("files/md5");
        for folder in [Some(objects.as_path()), self.quarantine.parent()].into_iter().flatten() {
            let Ok(entries) = folder.read_dir_utf8() else { continue };
            let ours = entries.flatten().filter(|entry| entry.file_name().starts_with(ASIDE));
            for entry in ours {
                let modified = entry.metadata().and_then(|metadata| metadata.modified());
                let age = modified.ok().and_then(|it| SystemTime::now().duration_since(it).ok());
                if age.is_some_and(|age| age > Duration::from_secs(24 * 60 * 60)) {
                    // The next run tries again.
                    let _ = remove(entry.path());
                }
            }
        }
    }
}

fn md5_of(path: &Utf8Path) -> io::Result<Md5> {
    let mut file = File::open(path)?;
    let (mut stream, mut buffer) = (Stream::default(), vec![0; 128 << 10]);
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(stream.finish());
        }
        stream.update(buffer.get(..count).unwrap_or_default());
    }
}

/// Whether the path stays below where it starts.
fn is_inside(path: &Utf8Path) -> bool {
    let normal = |part: camino::Utf8Component<'_>| matches!(part, camino::Utf8Component::Normal(_));
    path.components().next().is_some() && path.components().all(normal)
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

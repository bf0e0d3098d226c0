//! Paths of a `dvc.yaml`: from its stages' working folders to the project's root.

use camino::{Utf8Path, Utf8PathBuf};

/// Where the project and the file lie.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    /// Absolute path of the project's root.
    pub(crate) root: Utf8PathBuf,
    /// Folder of the file, relative to the root; empty for the root itself.
    pub(crate) folder: Utf8PathBuf,
}

/// Joins and normalizes; what leads out of the root begins with `..`.
pub(crate) fn joined(folder: &Utf8Path, path: &str) -> Utf8PathBuf {
    let mut parts: Vec<&str> = Vec::new();
    let folder = if path.starts_with('/') { "" } else { folder.as_str() };
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if path.starts_with('/') { format!("/{joined}").into() } else { joined.into() }
}

impl Home {
    /// A path from the root, and as the lock writes it: as it is written, but for an absolute path
    /// inside of the project.
    pub(crate) fn place(&self, wdir: &Utf8Path, written: &str) -> (Utf8PathBuf, String) {
        let path = joined(wdir, written);
        match path.strip_prefix(&self.root) {
            Ok(inside) if written.starts_with('/') => {
                (inside.to_owned(), relative(inside.as_str(), wdir))
            }
            _ => (path, written.to_owned()),
        }
    }
}

/// Rewrites a path from the root as one from `wdir`; both are normalized.
pub(crate) fn relative(path: &str, wdir: &Utf8Path) -> String {
    let parts = |text: &str| -> Vec<String> {
        text.split('/').filter(|it| !it.is_empty()).map(str::to_owned).collect()
    };
    let (path, base) = (parts(path), parts(wdir.as_str()));
    let same = path.iter().zip(&base).take_while(|(a, b)| a == b).count();
    let up = base.iter().skip(same).map(|_| "..");
    let down = path.iter().skip(same).map(String::as_str);
    let joined = up.chain(down).collect::<Vec<_>>().join("/");
    if joined.is_empty() { ".".to_owned() } else { joined }
}

/// Whether a path names something that is not a file of this machine.
pub(crate) fn is_remote(path: &str) -> bool {
    path.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_and_turned_back() {
        for (folder, path, want) in [
            ("", "a//b/", "a/b"),
            ("x/y", "../z/./a", "x/z/a"),
            ("x", "../../a", "../a"),
            ("x", "/abs/../a", "/a"),
            ("../up", "../a", "../a"),
        ] {
            assert_eq!(joined(Utf8Path::new(folder), path), want, "{folder} {path}");
        }
        assert_eq!(relative("a/b/c", Utf8Path::new("a/x")), "../b/c");
        assert_eq!(relative("a", Utf8Path::new("a")), ".");
        let home = Home { root: "/r".into(), folder: "".into() };
        let wdir = Utf8Path::new("w");
        assert_eq!(home.place(wdir, "./in/"), ("w/in".into(), "./in/".to_owned()));
        assert_eq!(home.place(wdir, "/r/w/in"), ("w/in".into(), "in".to_owned()));
        assert_eq!(home.place(wdir, "/else/in"), ("/else/in".into(), "/else/in".to_owned()));
    }
}

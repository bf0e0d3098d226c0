//! Real DVC projects, where a checkout has them beside it: `../shared/corpus`.
#![expect(clippy::disallowed_methods, clippy::print_stderr, reason = "tests look, and say so")]

use crate::tree;
use std::path::Path;

/// The text files of one project.
#[derive(Clone, Debug)]
pub(crate) struct Real {
    pub(crate) name: String,
    /// By path from the project's root, sorted.
    pub(crate) files: Vec<(String, String)>,
}

impl Real {
    pub(crate) fn file(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|(known, _)| known == path).map(|(_, text)| text.as_str())
    }

    /// Paths of its `dvc.yaml` files.
    pub(crate) fn pipelines(&self) -> Vec<String> {
        let paths = self.files.iter().map(|(path, _)| path.clone());
        paths.filter(|path| path.rsplit('/').next() == Some("dvc.yaml")).collect()
    }
}

/// All projects, or `None` and a remark.
pub(crate) fn projects(test: &str) -> Option<Vec<Real>> {
    let folder = tree::root().join("../shared/corpus");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("SKIPPED {test}: real projects not found (in ../shared/corpus)");
        return None;
    };
    let mut projects: Vec<Real> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| {
            let mut files = Vec::new();
            collect(&entry.path(), &entry.path(), &mut files);
            files.sort();
            Real { name: entry.file_name().into_string().expect("UTF-8"), files }
        })
        .collect();
    projects.sort_by(|a, b| a.name.cmp(&b.name));
    Some(projects)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let inside = path.strip_prefix(root).expect("it is inside").to_str().expect("UTF-8");
            files.push((inside.to_owned(), text));
        }
    }
}

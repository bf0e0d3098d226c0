//! The projects that the binary carries with it: one explicit list, so that the build needs no script.
//! Unaware of where they are put.

/// A project to start from.
#[derive(Debug)]
pub(crate) struct Template {
    /// As typed after `mlc init`, and the name of the project in the files.
    pub(crate) name: &'static str,
    /// Paths relative to the project's root, sorted.
    pub(crate) files: &'static [(&'static str, Content)],
}

/// What a file holds.
#[derive(Debug)]
pub(crate) enum Content {
    /// As it is, apart from the places in [`NAMED`].
    Bytes(&'static [u8]),
    /// Filled with the project's name.
    Rendered(&'static str),
}

/// Where an example writes its own name, as `NAME`.
pub(crate) const NAMED: &[(&str, &str)] = &[
    ("README.md", "# NAME\n"),
    ("mlc.kdl", "project NAME {\n"),
    ("pyproject.toml", "name = \"NAME\"\n"),
];

macro_rules! example {
    ($name:literal: $($path:literal,)*) => {
        Template {
            name: $name,
            files: &[$(($path, Content::Bytes(include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"), "/specs/examples/", $name, "/", $path
            ))))),*],
        }
    };
}

macro_rules! rendered {
    ($path:literal) => {
        (
            $path,
            Content::Rendered(include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/templates/init/empty/",
                $path,
                ".j2"
            ))),
        )
    };
}

macro_rules! kept {
    ($path:literal) => {
        ($path, Content::Bytes(b""))
    };
}

pub(crate) static CHURN: Template = example! {
    "churn":
    ".dvcignore",
    ".gitignore",
    "README.md",
    "configs/.gitkeep",
    "data/processed/.gitkeep",
    "data/raw/customers.csv",
    "data/validation/holdout.csv",
    "mlc.kdl",
    "params.yaml",
    "pyproject.toml",
    "requirements.txt",
    "src/data/generate.py",
    "src/data/prepare.py",
    "src/features/.gitkeep",
    "src/models/evaluate.py",
    "src/models/train.py",
    "src/monitoring/.gitkeep",
    "src/serving/.gitkeep",
    "tests/sample.json",
    "tests/test_data.py",
};

pub(crate) static TUMOR: Template = example! {
    "tumor":
    ".dvcignore",
    ".gitignore",
    "README.md",
    "configs/.gitkeep",
    "data/processed/.gitkeep",
    "data/raw/.gitkeep",
    "data/validation/.gitkeep",
    "mlc.kdl",
    "params.yaml",
    "pyproject.toml",
    "requirements.txt",
    "schemas/tumors.kdl",
    "src/data/fetch.py",
    "src/data/split.py",
    "src/features/.gitkeep",
    "src/models/evaluate.py",
    "src/models/train.py",
    "src/monitoring/.gitkeep",
    "src/serving/.gitkeep",
    "tests/test_data.py",
};

pub(crate) static EMPTY: Template = Template {
    name: "empty",
    files: &[
        rendered!(".dvcignore"),
        rendered!(".gitignore"),
        rendered!("README.md"),
        kept!("configs/.gitkeep"),
        kept!("data/processed/.gitkeep"),
        kept!("data/raw/.gitkeep"),
        kept!("data/validation/.gitkeep"),
        rendered!("mlc.kdl"),
        rendered!("params.yaml"),
        rendered!("pyproject.toml"),
        rendered!("requirements.txt"),
        kept!("src/data/.gitkeep"),
        kept!("src/features/.gitkeep"),
        kept!("src/models/.gitkeep"),
        kept!("src/monitoring/.gitkeep"),
        kept!("src/serving/.gitkeep"),
        kept!("tests/.gitkeep"),
    ],
};

#[cfg(test)]
mod tests {
    use super::{CHURN, EMPTY, NAMED, TUMOR, Template};
    use crate::cli::scaffold::files;
    use std::path::{Path, PathBuf};
    use std::{env, fs};

    #[test]
    fn examples_are_embedded_whole() {
        for template in [&CHURN, &TUMOR] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs/examples");
            assert_eq!(listed(template), found(&folder.join(template.name)), "{}", template.name);
        }
    }

    #[test]
    fn every_example_says_its_name_where_it_is_replaced() {
        for template in [&CHURN, &TUMOR] {
            let renamed = files(template, "other").unwrap();
            for (path, place) in NAMED {
                let file = renamed.iter().find(|file| file.path == *path).unwrap();
                let text = std::str::from_utf8(&file.bytes).unwrap();
                assert!(text.contains(&place.replace("NAME", "other")), "{path}: {text}");
            }
        }
    }

    #[test]
    fn the_empty_project_renders() {
        let files = files(&EMPTY, "fraud").unwrap();
        let spec = files.iter().find(|file| file.path == "mlc.kdl").unwrap();
        assert!(std::str::from_utf8(&spec.bytes).unwrap().contains("project fraud {"));
    }

    fn listed(template: &Template) -> Vec<String> {
        template.files.iter().map(|(path, _)| (*path).to_owned()).collect()
    }

    /// What git would track: Python leaves its byte code among the sources.
    fn found(root: &Path) -> Vec<String> {
        let mut paths = Vec::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
            let (inner, files): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(|it| it.is_dir());
            folders.extend(inner.into_iter().filter(|it| !it.ends_with("__pycache__")));
            paths.extend(files.iter().map(|file| file.strip_prefix(root).unwrap().to_owned()));
        }
        let mut paths: Vec<_> = paths.iter().map(|it| it.to_str().unwrap().to_owned()).collect();
        paths.sort();
        paths
    }
}

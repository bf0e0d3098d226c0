//! What a project is and how it stands, on one page: for a pull request, and for a browser.
//! Unaware of where each part comes from.

pub(crate) mod html;
pub(crate) mod markdown;

use crate::report::chart::Chart;

/// Everything that a page tells. Texts are shown as they are.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// Commit, and whether files were not as in it.
    pub(crate) commit: Option<(String, bool)>,
    /// The graph, for a browser (SVG) and for Markdown (Mermaid).
    pub(crate) picture: String,
    pub(crate) mermaid: String,
    pub(crate) stages: Vec<Stage>,
    pub(crate) metrics: Vec<Metric>,
    pub(crate) gates: Vec<Gate>,
    pub(crate) data: Vec<Data>,
    pub(crate) plots: Vec<Plot>,
    pub(crate) models: Vec<Model>,
}

#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) name: String,
    /// `up to date`, or why it is not.
    pub(crate) state: String,
    pub(crate) is_current: bool,
    /// How its last run ended, when, and how long it took.
    pub(crate) last: Option<(String, String, String)>,
}

#[derive(Debug)]
pub(crate) struct Metric {
    pub(crate) file: String,
    pub(crate) key: String,
    pub(crate) value: String,
    /// That of production, and the difference.
    pub(crate) production: Option<(String, String)>,
}

#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) name: String,
    pub(crate) holds: bool,
    pub(crate) rows: Vec<Row>,
}

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) quantity: String,
    pub(crate) value: String,
    pub(crate) bound: String,
    pub(crate) holds: bool,
    /// `holds`, `passes` or `does not hold`.
    pub(crate) word: &'static str,
    pub(crate) note: Option<String>,
}

/// What came of data when it was last looked at.
#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) path: String,
    pub(crate) schema: String,
    pub(crate) verdict: String,
    pub(crate) holds: bool,
    /// Rows and checks.
    pub(crate) counts: String,
    pub(crate) lines: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Plot {
    pub(crate) path: String,
    pub(crate) drawn: Drawn,
}

#[derive(Debug)]
pub(crate) enum Drawn {
    Chart(Chart),
    /// The type and the text (base 64) of a picture that a stage wrote.
    Picture(&'static str, String),
    /// Why there is none.
    Nothing(String),
}

/// What a registered model comes from.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) name: String,
    /// Its versions by alias.
    pub(crate) aliases: Vec<(String, String)>,
    /// What it is made of: kind, path or key, digest or value. An error is a sentence.
    pub(crate) parts: Result<Vec<(&'static str, String, String)>, String>,
}

impl Summary {
    /// The sentence that counts.
    pub(crate) fn verdict(&self) -> (bool, String) {
        let broken: Vec<&str> =
            self.gates.iter().filter(|it| !it.holds).map(|it| it.name.as_str()).collect();
        let data: Vec<&str> =
            self.data.iter().filter(|it| !it.holds).map(|it| it.path.as_str()).collect();
        let stale = self.stages.iter().filter(|it| !it.is_current).count();
        let mut said = Vec::new();
        match (broken.as_slice(), self.gates.is_empty()) {
            (_, true) => {}
            ([], false) => said.push("all thresholds hold".to_owned()),
            (names, false) => said.push(format!("thresholds do not hold: {}", names.join(", "))),
        }
        if !data.is_empty() {
            said.push(format!("data breaks its schema: {}", data.join(", ")));
        }
        said.push(match stale {
            0 => "all stages are up to date".to_owned(),
            1 => "1 stage is out of date".to_owned(),
            _ => format!("{stale} stages are out of date"),
        });
        (broken.is_empty() && data.is_empty(), said.join("; "))
    }
}

//! What the targets `github` and `gitlab` share: the jobs that check, run, gate and register, as the forges read them.
//!
//! Templates, as comments and scripts are what people read in them. No value of a spec reaches a
//! script: names are plain words, all else comes as a string of JSON, which is one of YAML, in a
//! variable.

use crate::base::files::FileSet;
use crate::emit::{Input, ownership, template};
use crate::model::policy::{Ci, Engine};
use crate::model::project::Project;
use camino::Utf8PathBuf;
use serde::Serialize;

#[derive(Clone, Serialize)]
struct View {
    version: String,
    branch: String,
    plain_branch: String,
    /// What a branch that publishes makes may not come from a cache that others fill.
    caches: bool,
    pull_request: bool,
    schedule: Option<String>,
    minutes: u64,
    python: Option<String>,
    image: String,
    requirements: Option<String>,
    /// The names of datasets that have a schema.
    datasets: Vec<String>,
    pytest: bool,
    /// The tests of the model and of its service, and whether the service is written here.
    harness: String,
    serves: bool,
    reproduce: &'static str,
    gates: bool,
    models: Vec<String>,
    registry: String,
    /// Puts mlc there, where it is not.
    install: String,
    setup: String,
    push: String,
}

fn view(input: &Input<'_>, quoted: fn(&str) -> String) -> View {
    let project = &input.plan.project;
    let default = Ci::default();
    let ci = project.ci.as_ref().unwrap_or(&default);
    let checked = project.datasets.iter().filter(|it| it.schema.is_some());
    let writes = |name: &str| project.targets.iter().any(|it| it.value == name);
    let models = project.registry.iter().flat_map(|it| &it.models);
    let registry = project.registry.as_ref().map(|it| it.folder.value.as_str());
    let image =
        ci.python.as_ref().map_or("python:3-slim".to_owned(), |it| format!("python:{it}-slim"));
    View {
        version: json(env!("CARGO_PKG_VERSION")),
        branch: json(&ci.branch),
        plain_branch: ci.branch.clone(),
        caches: !ci.branch.to_ascii_lowercase().contains("release"),
        pull_request: ci.pull_requests,
        schedule: ci.schedule.as_deref().map(json),
        minutes: ci.timeout.as_secs().div_ceil(60).max(1),
        python: ci.python.as_deref().map(json),
        image: json(&image),
        requirements: ci.requirements.as_ref().map(|it| quoted(it.value.as_str())),
        datasets: checked.map(|it| it.name.value.clone()).collect(),
        harness: if writes("pytest") { harness(project) } else { String::new() },
        serves: writes("pytest") && writes("service") && project.service.is_some(),
        pytest: writes("pytest"),
        reproduce: match ci.engine {
            Engine::Mlc => "mlc run",
            Engine::Dvc => "dvc repro",
        },
        gates: !project.gates.is_empty(),
        models: models.map(|it| it.name.value.clone()).collect(),
        registry: quoted(registry.unwrap_or_default()),
        install: json(&install(ci.install.as_deref())),
        setup: String::new(),
        push: String::new(),
    }
}

/// The tests that need a model.
fn harness(project: &Project) -> String {
    let gates = project.gates.iter().any(|gate| !gate.thresholds.is_empty());
    let files = [
        gates.then_some("tests/mlc/test_model.py"),
        project.service.as_ref().map(|_| "tests/mlc/test_service.py"),
    ];
    files.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The command that the spec names; without one a job says what it lacks, as it must not guess
/// whose `mlc` a package index has.
fn install(command: Option<&str>) -> String {
    const LACKING: &str = "echo 'mlc is not installed here: write how into the section ci, as install \"...\"'; exit 1";
    format!("command -v mlc || {{ {}; }}", command.unwrap_or(LACKING).trim_end_matches([';', '\n']))
}

pub(super) fn github(input: &Input<'_>) -> FileSet {
    let mut view = view(input, literal);
    let part = |source: &str, view: &View| render("part", source, view).trim_end().to_owned();
    view.setup = part(include_str!("../../templates/ci/setup.yml"), &view);
    view.push = part(include_str!("../../templates/ci/push.yml"), &view);
    let body = render("github.yml", include_str!("../../templates/ci/github.yml"), &view);
    let text = ownership::stamped(&body, "#", input.spec());
    FileSet::from([(Utf8PathBuf::from(".github/workflows/mlc.yml"), text)])
}

pub(super) fn gitlab(input: &Input<'_>) -> FileSet {
    let view = view(input, json);
    let body = render("gitlab.yml", include_str!("../../templates/ci/gitlab.yml"), &view);
    let text = ownership::stamped(&body, "#", input.spec());
    FileSet::from([(Utf8PathBuf::from(".gitlab-ci.yml"), text)])
}

fn render(name: &str, source: &str, view: &View) -> String {
    template::render(name, source, view).expect("invariant: a view has what its template names")
}

/// Text as a string of JSON, which is one of YAML.
pub(super) fn json(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    // These end a line in YAML, or turn the text around.
    json.chars().fold(String::new(), |out, c| match c {
        '\u{85}'
        | '\u{7f}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => format!("{out}\\u{:04x}", u32::from(c)),
        c => out + c.encode_utf8(&mut [0; 4]),
    })
}

/// The same where GitHub looks for expressions, of which it then finds one that is the text.
fn literal(text: &str) -> String {
    json(&text.replace("${{", "${{ '${{' }}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        for (text, want) in [
            ("a b.txt", r#""a b.txt""#),
            ("\"]\n- x: ${{ y }}", r#""\"]\n- x: ${{ '${{' }} y }}""#),
            ("\u{2028}\u{202e}", r#""\u2028\u202e""#),
        ] {
            assert_eq!(literal(text), want);
        }
    }
}

//! The generated service and the tests of the model: started for real, and each planted fault fails
//! exactly its test.
#![expect(clippy::disallowed_methods, reason = "starts Python and servers")]

use crate::support::Project;
use crate::{tools, tree};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Churn with its service and all tests, built and run. Its latency is held at the median: what the
/// slowest answers take tells of the machine.
fn churn(python: &Path) -> Project {
    let project = Project::new(&[]);
    project.mlc_ok(&["init", "churn"]);
    let spec = project.read("mlc.kdl");
    project.write(
        "mlc.kdl",
        &spec
            .replace("targets { dvc }", "targets { pytest; service }")
            .replace("latency p99", "latency p50"),
    );
    project.mlc_ok(&["build"]);
    let status = project.mlc().args(["run", "-q"]).env("PATH", path(python)).status();
    assert!(status.expect("mlc starts").success());
    project
}

fn path(python: &Path) -> String {
    let bin = python.parent().expect("invariant: a program lies in a folder");
    format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default())
}

/// What pytest says of `tests/mlc`: the tests that failed, and the line that counts them.
fn failed(project: &Project, python: &Path, url: Option<&str>) -> (Vec<String>, String) {
    let mut command = Command::new(python);
    command.args(["-m", "pytest", "-q", "-rf", "--tb=line", "-p", "no:cacheprovider", "tests/mlc"]);
    command.current_dir(project.root()).stdin(Stdio::null()).env("PATH", path(python));
    match url {
        Some(url) => command.env("SERVING_URL", url),
        None => command.env_remove("SERVING_URL"),
    };
    let output = command.output().expect("python starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let names = text.lines().filter_map(|line| line.strip_prefix("FAILED tests/mlc/"));
    let names = names.map(|line| line.split(" - ").next().unwrap_or_default().to_owned());
    (names.collect(), text)
}

/// Something that is wrong with the project, and the one test that must say so.
struct Fault {
    what: &'static str,
    files: Vec<(&'static str, String)>,
    fails: &'static str,
}

/// A line of a table with one field changed.
fn with_field(line: &str, at: usize, value: &str) -> String {
    let mut fields: Vec<&str> = line.split(',').collect();
    fields[at] = value;
    fields.join(",")
}

fn faults(project: &Project) -> Vec<Fault> {
    const RAW: &str = "data/raw/customers.csv";
    const HOLDOUT: &str = "data/validation/holdout.csv";
    const SLOW: &str = "import time\n\nimport joblib\n\n\ndef load(path):\n    return joblib.load(path)\n\n\n\
                        def predict(model, rows):\n    time.sleep(0.4)\n    return model.predict(rows)\n";
    let lines =
        |path: &str| -> Vec<String> { project.read(path).lines().map(str::to_owned).collect() };
    let raw = lines(RAW);
    let churn = raw[0].split(',').position(|it| it == "churn").expect("a column");
    let mut null = raw.clone();
    null[1] = with_field(&null[1], churn, "");
    let mut balance = raw.clone();
    for line in &mut balance[1..] {
        *line = with_field(line, churn, "0");
    }
    let mut leak = lines(HOLDOUT);
    leak[1] = with_field(&leak[1], 0, raw[1].split(',').next().expect("an id"));
    let mut worse: serde_json::Value =
        serde_json::from_str(&project.read("metrics/eval.json")).expect("JSON");
    worse["f1"] = 0.5.into();
    let input = "    input features target=churn\n";
    let coded = project.read("mlc.kdl").replace(input, &format!("    code \"slow.py\"\n{input}"));
    let text = |lines: Vec<String>| lines.join("\n") + "\n";
    vec![
        Fault {
            what: "null target",
            files: vec![(RAW, text(null))],
            fails: "test_data.py::test_data[raw: churn not-null]",
        },
        Fault {
            what: "class balance",
            files: vec![(RAW, text(balance))],
            fails: "test_data.py::test_data[raw: churn mean]",
        },
        Fault {
            what: "leak",
            files: vec![(HOLDOUT, text(leak))],
            fails: "test_data.py::test_relations[holdout: disjoint customer_id with=raw]",
        },
        Fault {
            what: "minimum",
            files: vec![("metrics/eval.json", worse.to_string())],
            fails: "test_model.py::test_threshold[quality: f1 >=0.80 (mlc.kdl:",
        },
        Fault {
            what: "slow model",
            files: vec![("slow.py", SLOW.to_owned()), ("mlc.kdl", coded)],
            fails: "test_service.py::test_latency[p50 <=250ms (mlc.kdl:",
        },
    ]
}

/// Writes files, and returns what stood there.
fn exchange(project: &Project, files: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    let old = |path: &str| std::fs::read_to_string(project.root().join(path)).unwrap_or_default();
    let kept = files.iter().map(|(path, _)| (*path, old(path))).collect();
    files.iter().for_each(|(path, text)| project.write(path, text));
    project.mlc_ok(&["build"]);
    kept
}

#[test]
fn each_planted_fault_fails_exactly_its_test() {
    let test = "each_planted_fault_fails_exactly_its_test";
    let (Some(python), Some(ruff)) = (tools::python(test), tools::command("ruff", test)) else {
        return;
    };
    let project = churn(&python);
    project.tool_ok(&ruff, &["format", "--diff", "service", "tests/mlc"]);
    let (names, text) = failed(&project, &python, None);
    assert!(names.is_empty() && text.contains(" passed, 1 skipped"), "{text}");
    for fault in faults(&project) {
        let kept = exchange(&project, &fault.files);
        let (names, text) = failed(&project, &python, None);
        let one = names.len() == 1 && names[0].starts_with(fault.fails);
        assert!(one, "{}: {names:?}: {text}", fault.what);
        exchange(&project, &kept);
    }
    let model = project.root().join("models/forest.joblib");
    let size = std::fs::metadata(&model).expect("a model").len();
    let file = std::fs::OpenOptions::new().write(true).open(&model).expect("a model");
    file.set_len(60_000_000).expect("space");
    let (names, text) = failed(&project, &python, None);
    let want = "test_model.py::test_threshold[quality: size models/forest.joblib <=50MB (mlc.kdl:";
    assert!(names.len() == 1 && names[0].starts_with(want), "{names:?}: {text}");
    file.set_len(size).expect("space");
}

/// A service that runs elsewhere, and does not do what it should.
#[test]
fn a_wrong_service_fails_exactly_one_test() {
    let Some(python) = tools::python("a_wrong_service_fails_exactly_one_test") else { return };
    let project = churn(&python);
    let (names, text) = failed(&project, &python, Some("http://127.0.0.1:9"));
    assert_eq!(names, ["test_service.py::test_health"], "{text}");
    for (answer, want) in [
        (r#"{"prediction": "yes"}"#, "test_service.py::test_response"),
        (r#"{"answer": 1}"#, "test_service.py::test_prediction"),
    ] {
        let server = Server::start(&python, answer);
        let (names, text) = failed(&project, &python, Some(&server.url));
        assert_eq!(names, [want], "{text}");
    }
}

/// Fixtures of the team are taken instead of what the spec says.
#[test]
fn fixtures_can_be_overridden() {
    let Some(python) = tools::python("fixtures_can_be_overridden") else { return };
    let project = churn(&python);
    let server = Server::start(&python, r#"{"prediction": 1}"#);
    let conftest = format!(
        "import pytest\n\n\n@pytest.fixture(scope=\"session\")\ndef service_url():\n    return \"{}\"\n\n\n\
         @pytest.fixture(scope=\"session\")\ndef sample():\n    return {{\"age\": 1}}\n",
        server.url
    );
    project.write("tests/conftest.py", &conftest);
    let (names, text) = failed(&project, &python, None);
    // It takes any request, which only a service of the team's can be blamed for.
    assert_eq!(names, ["test_service.py::test_refusal"], "{text}");
}

/// A server that answers in one way; ends when it is dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(python: &Path, body: &str) -> Self {
        let mut child = Command::new(python)
            .arg(tree::root().join("tests/python/answers.py"))
            .arg(body)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python starts");
        let mut url = String::new();
        let out = child.stdout.take().expect("a pipe");
        BufReader::new(out).read_line(&mut url).expect("its address");
        Self { child, url: url.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Runs Python in the project, which then may import the service.
fn python_says(project: &Project, python: &Path, code: &str, lock: &str) -> (bool, String) {
    let output = Command::new(python)
        .args(["-c", code])
        .current_dir(project.root())
        .env("MLC_REQUIRE_LOCK", lock)
        .env("MLC_REQUEST_LOG", "log.jsonl")
        .env("PYTHONPATH", project.root())
        .output()
        .expect("python starts");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text.into_owned())
}

const ASK: &str = r#"
import asyncio, json
from openapi_spec_validator import validate
from service import app as served

def ask(path, body=None):
    """Asks the application itself, without a server."""
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET" if body is None else "POST",
             "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [(b"content-type", b"application/json")],
             "scheme": "http", "server": ("test", 80), "client": ("test", 1), "root_path": ""}
    sent = [{"type": "http.request", "body": json.dumps(body).encode() if body is not None else b"", "more_body": False}]
    said = []
    async def receive():
        return sent.pop(0) if sent else {"type": "http.disconnect"}
    async def send(message):
        said.append(message)
    asyncio.run(served.app(scope, receive, send))
    return said[0]["status"], b"".join(it.get("body", b"") for it in said[1:]).decode()

validate(served.app.openapi())
sample = json.load(open("tests/sample.json"))
print(ask("/health"))
print(ask("/predict", sample))
print(ask("/predict", sample | {"age": 7}), ask("/predict", sample | {"odd": 1})[0])
print(ask("/metrics")[1])
print(open("log.jsonl").read())
"#;

/// The service says which version it serves, counts, refuses, and serves nothing that is not locked.
#[test]
fn the_service_knows_its_version() {
    let Some(python) = tools::python("the_service_knows_its_version") else { return };
    let project = churn(&python);
    let (fine, text) = python_says(&project, &python, ASK, "1");
    assert!(!fine && text.contains("no version of the registry was locked"), "{text}");
    let (fine, text) = python_says(&project, &python, ASK, "");
    assert!(fine && text.contains(r#""version":"unlocked""#), "{text}");
    for arguments in [&["init", "-q"][..], &["add", "-A"], &["commit", "-qm", "all"]] {
        project.tool_ok(Path::new("git"), arguments);
    }
    project.mlc_ok(&["model", "lock"]);
    let (fine, text) = python_says(&project, &python, ASK, "1");
    assert!(fine, "{text}");
    for said in [
        r#"(200, '{"status":"ok","model":"churn-api","version":"1.0.0"}')"#,
        r#""version":"1.0.0"}')"#,
        r#"greater_than_equal"#,
        "\"loc\":[\"body\",\"age\"]",
        ") 422",
        r#"mlc_predict_requests_total{code="200",model="churn-api",variant="primary"} 1.0"#,
        r#"mlc_predict_requests_total{code="422",model="churn-api",variant="primary"} 2.0"#,
        r#"mlc_feature_invalid_total{feature="age",model="churn-api",reason="greater_than_equal"} 1.0"#,
        r#"mlc_feature_invalid_total{feature="other",model="churn-api",reason="extra_forbidden"} 1.0"#,
        r#"mlc_model_info{git_sha=""#,
        r#"mlc_prediction_class_total{class=""#,
        r#""request": {"age": 40"#,
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

/// What stands in a spec where there is text, and columns, as the spec writes them.
const ODD: &str =
    r#"o'd\"d $(touch hacked) $HOME `id` ${{ github.token }} [= 7 =] [% if %] *?[x] <b>|<!-- "#;
const COLUMNS: &[&str] = &[
    "class",
    "date",
    "model_x",
    "a b",
    "ünï\\u{202e}",
    "int",
    "_private",
    "schema",
    "x\\\"\\\"\\\" + print(1) #",
    "{{ '{{' }}",
    "[= name =]",
];

fn odd_spec() -> String {
    let column = |it: &&str| format!("        \"{it}\" float >=0 <=9\n");
    format!(
        "mlc 1\ntargets {{ pytest; service }}\nschema row {{ columns {{\n{}        \"tar'get\\\"\" str {{ isin \"a'\\\"b\" \"$(id)\" }}\n    }} }}\n\
         stage train {{ cmd \"true\"; outs \"{ODD}.bin\" }}\n\
         service odd {{ model \"{ODD}.bin\"; code \"{ODD}.py\"; input row target=\"tar'get\\\"\"; predict \"/p\" sample=\"{ODD}.json\" expects=class_of\n\
         \x20   python \"3.12\" requirements=\"{ODD}.txt\"; latency p50 <=\"60s\" }}\n\
         thresholds t metrics=\"{ODD}.yaml\" baseline=\"{ODD}.yaml\" {{ \"{ODD}\" >=1; size \"{ODD}.bin\" <=\"1MB\"; \"{ODD}\" against=baseline drop<=1 }}\n",
        COLUMNS.iter().map(column).collect::<String>()
    )
}

/// Whatever a spec says arrives in Python, Docker and HTTP as data.
#[test]
fn hostile_values_stay_data() {
    let name = "hostile_values_stay_data";
    let Some(python) = tools::python(name) else { return };
    let (Some(ruff), Some(hadolint)) =
        (tools::command("ruff", name), tools::command("hadolint", name))
    else {
        return;
    };
    let spec = odd_spec();
    let project = Project::new(&[("mlc.kdl", &spec)]);
    let file = |suffix: &str| PathBuf::from(ODD.replace("\\\"", "\"") + suffix);
    let write = |suffix: &str, text: &str| {
        std::fs::write(project.root().join(file(suffix)), text).expect("written");
    };
    write(".bin", "model");
    write(
        ".py",
        "def load(path):\n    return open(path).read()\n\n\ndef predict(model, rows):\n    assert model == 'model' and rows.shape == (1, 11)\n    return ['$(id)']\n",
    );
    let key = ODD.replace("\\\"", "\"");
    write(".yaml", &serde_json::json!({ key: 2 }).to_string());
    let names = COLUMNS.iter().map(|it| it.replace("\\\"", "\"").replace("\\u{202e}", "\u{202e}"));
    let row: serde_json::Map<String, serde_json::Value> =
        names.into_iter().map(|name| (name, 1.into())).collect();
    write(".json", &serde_json::to_string(&row).expect("JSON"));
    let said = project.said(&["build"]);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    project.tool_ok(&ruff, &["check", "service", "tests"]);
    project.tool_ok(&hadolint, &["service/Dockerfile"]);
    let (names, text) = failed(&project, &python, None);
    project.mlc_ok(&["report", "-o", "r.html", "-o", "r.md"]);
    let (page, told) = (project.read("r.html"), project.read("r.md"));
    assert!(
        !page.contains("<b>") && !page.contains("<!--") && page.contains("&lt;b&gt;"),
        "{page}"
    );
    // Four cells a row, whatever is in them.
    let row = told.lines().find(|line| line.contains("size of")).expect("a row");
    assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
    assert!(!project.root().join("hacked").exists());
    assert!(names.is_empty(), "{names:?}: {text}");
    assert!(text.contains("8 passed"), "{text}");
}

//! Versions brought to a real server of MLflow, and what happens while it is down or slow.
#![expect(clippy::disallowed_methods, reason = "starts a server, waits for it")]

use crate::support::{Project, Said};
use crate::{tools, tree};
use serde_json::{Value, json};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SPEC: &str = "mlc 1
project shop
dataset raw \"raw.csv\"
stage train { cmd \"cp raw.csv model.bin && echo '{\\\"auc\\\": 0.9, \\\"by\\\": {\\\"de\\\": 0.8}, \\\"note\\\": \\\"x\\\"}' > m.json\"
    deps raw; params seed rate; outs \"model.bin\"; metrics \"m.json\" }
registry mlflow=env:MLFLOW_TRACKING_URI { model shop from=\"model.bin\" metrics=\"m.json\" }
";

/// A tracking server with a folder of its own; ends when it is dropped.
struct Server {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start(python: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let child = Command::new(python)
            .args(["-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1"])
            .args(["--port", &port.to_string(), "--backend-store-uri", "sqlite:///db.sqlite"])
            .args(["--artifacts-destination", "files", "--serve-artifacts"])
            .current_dir(folder.path())
            .env("MLFLOW_DISABLE_TELEMETRY", "true")
            .env("DO_NOT_TRACK", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let server = Self { child, url: format!("http://127.0.0.1:{port}"), _folder: folder };
        let end = Instant::now() + Duration::from_secs(120);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < end, "MLflow does not start");
            std::thread::park_timeout(Duration::from_millis(100));
        }
        server
    }

    fn state(&self, python: &Path, alias: &str) -> Value {
        let output = Command::new(python)
            .arg(tree::root().join("tests/python/mlflow_state.py"))
            .args([&self.url, "shop", alias])
            .env("MLFLOW_DISABLE_TELEMETRY", "true")
            .output()
            .expect("python starts");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{error}");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It starts workers of its own, which end with it when it is asked, not killed.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn python(test: &str) -> Option<PathBuf> {
    tools::installed("MLC_TEST_MLFLOW", "mlflow", test)
}

fn shop() -> Project {
    let project = Project::new(&[
        ("mlc.kdl", SPEC),
        ("params.yaml", "seed: 7\nrate: 0.5\n"),
        ("raw.csv", "a\n1\n"),
        (".gitignore", "/model.bin\n/m.json\n"),
    ]);
    project.mlc_ok(&["run", "-q"]);
    for arguments in [&["init", "-q"][..], &["add", "-A"], &["commit", "-qm", "all"]] {
        project.tool_ok(Path::new("git"), arguments);
    }
    project
}

fn model(project: &Project, url: &str, arguments: &[&str]) -> Said {
    Said::of(project.mlc().arg("model").args(arguments).env("MLFLOW_TRACKING_URI", url))
}

#[test]
fn versions_and_aliases_arrive_in_a_real_server() {
    let Some(python) = python("versions_and_aliases_arrive_in_a_real_server") else { return };
    let project = shop();
    // Nobody listens there: what is asked for is done all the same.
    let said = model(&project, "http://127.0.0.1:9", &["lock"]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), "locked shop 1.0.0\n"));
    assert!(
        said.err
            .contains("warning: not in MLflow yet: MLflow at http://127.0.0.1:9 does not answer"),
        "{}",
        said.err
    );
    assert_eq!(model(&project, "http://127.0.0.1:9", &["promote"]).code, Some(0));
    assert_eq!(model(&project, "http://127.0.0.1:9", &["sync"]).code, Some(1));

    let server = Server::start(&python);
    let said = model(&project, &server.url, &["sync"]);
    assert_eq!(
        said.out, "MLflow has shop 1.0.0 as version 1\nMLflow has `production` of shop at 1.0.0\n",
        "{}",
        said.err
    );
    let card: Value =
        serde_json::from_str(&project.read("models/registry/shop/versions/1.0.0.json"))
            .expect("JSON");
    let state = server.state(&python, "production");
    assert_eq!(state["params"], json!({"seed": "7", "rate": "0.5"}));
    assert_eq!(state["metrics"], json!({"auc": 0.9, "by.de": 0.8}));
    assert_eq!(state["model"], json!({"model.bin": card["file"]["md5"]}));
    assert_eq!(state["data"], json!([["raw.csv", card["data"][0]["md5"]]]));
    assert_eq!(state["tags"]["mlc.version"], "1.0.0");
    assert_eq!(state["run_tags"]["mlc.lock"], state["tags"]["mlc.lock"]);
    let rest = [&state["status"], &state["experiment"], &state["lock"], &state["versions"]];
    assert_eq!(rest, [&json!("FINISHED"), &json!("shop"), &json!("1.0.0"), &json!(1)]);
    let again = model(&project, &server.url, &["sync"]);
    assert_eq!(again.out, format!("{} has all of shop already\n", server.url));

    project.write("params.yaml", "seed: 8\nrate: 0.5\n");
    project.mlc_ok(&["run", "-q"]);
    let said = model(&project, &server.url, &["lock"]);
    assert!(
        said.out.ends_with("MLflow has shop 1.1.0 as version 2\n"),
        "{} {}",
        said.out,
        said.err
    );
    model(&project, &server.url, &["promote"]);
    assert_eq!(server.state(&python, "production")["params"]["seed"], "8");
    model(&project, &server.url, &["rollback"]);
    let state = server.state(&python, "production");
    assert_eq!((&state["params"]["seed"], &state["versions"]), (&json!("7"), &json!(2)));
}

/// A server that takes connections and says nothing.
#[test]
fn a_slow_server_does_not_keep_a_version_from_being_locked() {
    let project = shop();
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let said = model(&project, &url, &["lock"]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), "locked shop 1.0.0\n"));
    assert!(said.err.contains("`mlc model sync` brings it there"), "{}", said.err);
}

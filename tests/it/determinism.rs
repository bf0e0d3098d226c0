//! The same spec gives the same bytes, whatever surrounds mlc: locale, time zone, folder, terminal,
//! the order in which files were made.
#![expect(clippy::disallowed_methods, reason = "a test makes trees and looks at them")]

use crate::tree;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Builds in all, and checks in all.
const ROUNDS: usize = 100;

const LOCALES: &[&str] = &["C", "C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8", "ja_JP.eucJP", "", "xx"];
const ZONES: &[&str] =
    &["UTC", "Asia/Kathmandu", "America/St_Johns", "", ":", "Nowhere/Here", "UTC+14"];
const COLUMNS: &[&str] = &["1", "40", "100", "9999", "x", ""];
const UMASKS: &[&str] = &["000", "022", "077"];
const FORMATS: &[&str] = &["json", "sarif", "short", "github"];

#[test]
fn shuffled_surroundings_change_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let trees = trees(folder.path());
    let seen: Mutex<BTreeMap<String, (String, usize)>> = Mutex::default();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let round = next.fetch_add(1, Ordering::Relaxed);
                    if round >= ROUNDS {
                        break;
                    }
                    for (what, text) in results(round, &trees, folder.path()) {
                        let mut seen = seen.lock().unwrap();
                        let first = seen.entry(what.clone()).or_insert((text.clone(), round));
                        assert_eq!(first.0, text, "{what}: rounds {} and {round}", first.1);
                    }
                }
            });
        }
    });
    let seen = seen.into_inner().unwrap();
    assert_eq!(seen.len(), 2 * (1 + FORMATS.len()), "{:?}", seen.keys());
    assert!(seen["short of 1"].0.lines().count() >= 60, "each stage has a warning");
}

/// Two projects, each in places of different depth, made in different orders.
fn trees(folder: &Path) -> [Vec<PathBuf>; 2] {
    let mut churn = Vec::new();
    collect(&tree::root().join("specs/examples/churn"), Path::new(""), &mut churn);
    let made = generated();
    let places =
        ["a", "b/with a blank/ünï", "c/long/long-long-long-long-long-long-long-long/long", "d"];
    [("churn", churn), ("made", made)].map(|(name, mut files)| {
        let place = |(at, place): (usize, &&str)| {
            let third = files.len() / 3;
            files.rotate_left(third);
            if at % 2 == 1 {
                files.reverse();
            }
            let root = folder.join(place).join(name);
            files.iter().for_each(|(path, bytes)| put(&root.join(path), bytes));
            fs::create_dir_all(root.join("sub/folder")).unwrap();
            root
        };
        places.iter().enumerate().map(place).collect()
    })
}

type Files = Vec<(PathBuf, Vec<u8>)>;

fn collect(folder: &Path, below: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = below.join(entry.file_name());
        if entry.path().is_dir() {
            collect(&entry.path(), &path, files);
        } else {
            files.push((path, fs::read(entry.path()).unwrap()));
        }
    }
}

fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Sixty stages over included files found by a pattern, each with a warning.
fn generated() -> Files {
    let main = "mlc 1\nproject made { params \"params.yaml\" }\ninclude \"parts/*.kdl\"\ntargets { dvc }\n";
    let mut files: Files = vec![
        ("mlc.kdl".into(), main.into()),
        ("params.yaml".into(), "k: {a: 1, b: 0.1}\n".into()),
        ("data/in.csv".into(), "a\n".into()),
    ];
    for part in 0..6 {
        let stages: String = (part * 10..part * 10 + 10).map(stage).collect();
        files.push((format!("parts/{part}.kdl").into(), stages.into()));
    }
    files
}

fn stage(number: usize) -> String {
    let before = match number {
        0 => "../data/in.csv".to_owned(),
        _ => format!("../out/{}-a", number - 1),
    };
    format!(
        "stage s{number} {{\n    matrix {{ m a b }}\n    cmd \"echo {{{{ m }}}} {{{{ params.k.b }}}} ${{HOME}}\"\n    \
         deps \"{before}\"\n    outs \"../out/{number}-{{{{ m }}}}\"\n    params k.a k.b\n    \
         metrics \"../m{number}-{{{{ m }}}}.json\" cache=#false\n    retry 0\n}}\n"
    )
}

/// What one build and one check of a round write.
fn results(round: usize, trees: &[Vec<PathBuf>; 2], folder: &Path) -> Vec<(String, String)> {
    let project = round % 2;
    let root = &trees[project][round / 2 % trees[project].len()];
    let made = folder.join(format!("made-{round}"));
    let built = run(round, root, &format!("build --out '{}'", made.display()));
    assert_eq!(built.0, Some(0), "{}", built.1);
    let format = FORMATS[round / 8 % FORMATS.len()];
    let checked = run(round, root, &format!("check --format {format}"));
    assert_eq!(checked.0, Some(0), "{}", checked.1);
    let yaml = fs::read_to_string(made.join("dvc.yaml")).unwrap();
    vec![(format!("dvc.yaml of {project}"), yaml), (format!("{format} of {project}"), checked.1)]
}

/// Runs mlc in the surroundings of a round.
fn run(round: usize, root: &Path, arguments: &str) -> (Option<i32>, String) {
    let pick = |from: &[&'static str], step: usize| from[round / step % from.len()];
    let mlc = env!("CARGO_BIN_EXE_mlc");
    let spec = root.join("mlc.kdl");
    let (here, file) = match round / 3 % 4 {
        0 => (root.to_owned(), String::new()),
        1 => (root.join("sub/folder"), String::new()),
        2 => (root.join("sub"), "-f ../mlc.kdl".to_owned()),
        _ => (std::env::temp_dir(), format!("-f '{}'", spec.display())),
    };
    let color = pick(&["", "--color never", "--color always", "--color auto"], 5);
    let script = format!("umask {}; exec '{mlc}' {file} {color} {arguments}", pick(UMASKS, 2));
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &script]).current_dir(here).stdin(Stdio::null());
    for (name, values, step) in [
        ("LANG", LOCALES, 1),
        ("LC_ALL", LOCALES, 2),
        ("LC_NUMERIC", LOCALES, 3),
        ("TZ", ZONES, 1),
        ("COLUMNS", COLUMNS, 1),
        ("PYTHONHASHSEED", &["0", "1", "random"], 1),
        ("HOME", &["/nowhere", "", "/"], 1),
        ("TMPDIR", &["/tmp", "/nowhere"], 4),
        ("TERM", &["dumb", "xterm-256color", ""], 1),
        ("NO_COLOR", &["", "1"], 1),
        ("RUST_BACKTRACE", &["0", "full"], 1),
        ("PWD", &["/", "relative", ""], 1),
    ] {
        command.env(name, pick(values, step));
    }
    if round.is_multiple_of(7) {
        command.env_clear();
    }
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code(), text)
}

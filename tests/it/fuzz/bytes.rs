//! Files that are no text, or too much of it, through the binary: each is answered, none kills it.

use super::hostile;
use crate::support::{Project, Said};
use std::fs;
use std::time::{Duration, Instant};

/// What one command may take, starting included. A machine may be busy.
const LIMIT: Duration = Duration::from_secs(60);

const COMMANDS: [&[&str]; 4] =
    [&["check"], &["fmt", "--check"], &["build", "--check"], &["check", "--fix"]];

const CLEAN: &str = "mlc 1\n\nstage a {\n    cmd \"true\"\n    outs \"o\"\n}\n\ntargets { dvc }\n";

#[test]
fn bytes_that_are_no_text_are_answered() {
    let (head, tail) = CLEAN.split_once("true").expect("the command");
    for inner in [
        &b"\xff"[..],
        b"\0",
        b"\xc3",
        b"\xed\xa0\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\x80\x80",
        b"\xfe\xff",
    ] {
        expect_answers(&[head.as_bytes(), inner, tail.as_bytes()].concat());
    }
    let utf16: Vec<u8> = CLEAN.encode_utf16().flat_map(u16::to_le_bytes).collect();
    expect_answers(&[b"\xff\xfe", &utf16[..]].concat());
    for whole in [
        &b""[..],
        b"\n",
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf\xef\xbb\xbfmlc 1\n",
        &[0; 4096],
        &[0xff; 4096],
    ] {
        expect_answers(whole);
    }
    let marked = [b"\xef\xbb\xbf", CLEAN.as_bytes()].concat();
    assert_eq!(answers(&marked)[0].code, Some(0), "a byte order mark does no harm");
    let only_returns = answers(CLEAN.replace('\n', "\r").as_bytes());
    assert_eq!(only_returns[0].code, Some(0), "{:?}", only_returns[0]);
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let large = format!("{CLEAN}{}", "// x\n".repeat(17 * 1024 * 1024 / 5));
    for said in &answers(large.as_bytes())[..1] {
        assert!(said.out.contains("file-too-large"), "{said:?}");
    }
}

/// A crash of the process is only seen from outside: the stack is of another size there.
#[test]
fn hostile_texts_do_not_kill_the_process() {
    let step = if std::env::var_os("MLC_FUZZ_SECONDS").is_some() { 1 } else { 40 };
    for text in hostile::hostile().iter().step_by(step) {
        expect_answers(text.as_bytes());
    }
    // What a broken text hides must not become depth when it is left out.
    let times = if cfg!(debug_assertions) { 5_000 } else { 40_000 };
    for piece in ["a{", "${", "a {{", "a { b \""] {
        let text = format!("stage x {{\n  cmd {}", piece.repeat(times));
        expect_answers(text.as_bytes());
    }
}

fn expect_answers(bytes: &[u8]) {
    drop(answers(bytes));
}

/// What each command says; each ends by itself, soon, with a code that means something.
fn answers(bytes: &[u8]) -> Vec<Said> {
    let run = |arguments: &&[&str]| {
        let project = Project::new(&[]);
        fs::write(project.root().join("mlc.kdl"), bytes).expect("written");
        let began = Instant::now();
        let said = project.said(arguments);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
        assert!(
            matches!(said.code, Some(0 | 1)),
            "{arguments:?} {shown:?}: {:?} {}",
            said.code,
            said.err
        );
        assert!(began.elapsed() < LIMIT, "{arguments:?} {shown:?}: {:?}", began.elapsed());
        said
    };
    COMMANDS.iter().map(run).collect()
}

//! `mlc check` as a command: exit codes, formats, and what `--fix` writes and leaves alone.

use crate::support::Project;

const CLEAN: &str = "mlc 1\n\nstage prepare {\n    cmd \"true\"\n    timeout \"30s\"\n}\n";

#[test]
fn mistakes_are_mended_and_the_rest_stays_byte_for_byte() {
    let broken =
        "mlc 1\r\n\r\n// größe\r\nstage prepare {\r\n\tcdm   \"true\"\r\n\ttimeout 30s\r\n}\r\n";
    let project = Project::new(&[("mlc.kdl", broken)]);
    assert_eq!(project.said(&["check"]).code, Some(1));
    assert_eq!(project.read("mlc.kdl"), broken, "without --fix nothing is written");
    let said = project.said(&["check", "--fix"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(said.out, "mlc.kdl: 1 stage, no problems\n");
    assert!(said.err.starts_with("fixed 2 problems\n  mlc.kdl:5:2 "), "{}", said.err);
    let mended = broken.replace("cdm", "cmd").replace("30s", "\"30s\"");
    assert_eq!(project.read("mlc.kdl"), mended);
}

#[test]
fn included_files_are_mended_too() {
    let project = Project::new(&[
        ("mlc.kdl", "mlc 1\ninclude \"stages/*.kdl\"\n"),
        ("stages/a.kdl", "stage a {\n    cdm \"true\"\n}\n"),
        ("stages/b.kdl", "stage b {\n    cmd \"true\"\n}\n"),
    ]);
    let said = project.said(&["check", "--fix"]);
    assert_eq!((said.code, project.read("stages/a.kdl").contains("cmd")), (Some(0), true));
}

#[test]
fn what_cannot_be_mended_is_told_and_counted() {
    let project =
        Project::new(&[("mlc.kdl", "mlc 1\nstage a {\n    cdm \"true\"\n    frobnicate 1\n}\n")]);
    let said = project.said(&["check", "--fix", "--format", "short"]);
    assert_eq!(said.code, Some(1));
    assert_eq!(said.out.lines().count(), 1, "{said:?}");
    assert!(said.out.starts_with("mlc.kdl:4:5: error["), "{said:?}");
    assert!(project.read("mlc.kdl").contains("    cmd \"true\"\n    frobnicate 1\n"));
}

#[test]
fn a_clean_spec_is_not_touched() {
    let project = Project::new(&[("mlc.kdl", CLEAN)]);
    let path = project.folder.path().join("mlc.kdl");
    let before = path.metadata().unwrap().modified().unwrap();
    let said = project.said(&["check", "--fix"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert_eq!(path.metadata().unwrap().modified().unwrap(), before);
    assert_eq!(project.read("mlc.kdl"), CLEAN);
}

#[test]
fn every_format_is_what_it_says() {
    let project = Project::new(&[
        (".git/HEAD", ""),
        ("service/mlc.kdl", "mlc 1\nstage a {\n    cdm \"true\"\n}\n"),
    ]);
    let told = |format| {
        let said = project.said(&["-f", "service/mlc.kdl", "check", "--format", format]);
        assert_eq!((said.code, said.err.as_str()), (Some(1), ""), "{format}");
        said.out
    };
    assert!(told("human").starts_with("error[unknown-field]: "));
    assert!(told("short").starts_with("mlc.kdl:3:5: error[unknown-field]: "));
    assert!(told("github").starts_with("::error file=service/mlc.kdl,line=3,col=5,"));
    let json: serde_json::Value = serde_json::from_str(&told("json")).unwrap();
    assert_eq!((&json["version"], &json["summary"]["errors"]), (&1.into(), &1.into()));
    let sarif: serde_json::Value = serde_json::from_str(&told("sarif")).unwrap();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "service/mlc.kdl");
    assert_eq!(project.said(&["check", "--format", "yaml"]).code, Some(2));
}

#[test]
fn without_a_spec_the_way_to_one_is_told() {
    let said = Project::new(&[]).said(&["check"]);
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
    assert!(said.err.contains("mlc init"), "{}", said.err);
}

#[test]
fn every_diagnostic_has_its_page() {
    let project = Project::new(&[]);
    let list = project.said(&["explain"]);
    assert_eq!(list.code, Some(0));
    let words = list.out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let diagnostic = |words: &Vec<&str>| matches!(words.get(1), Some(&("error" | "warning")));
    let listed: Vec<Vec<&str>> = words.filter(diagnostic).collect();
    let slugs: Vec<&str> = listed.iter().map(|words| words[0]).collect();
    assert!(slugs.len() > 20 && slugs.is_sorted(), "{slugs:?}");
    let slug = slugs.first().unwrap();
    let page = project.said(&["explain", slug]);
    assert!(page.out.starts_with(&format!("# {slug}\n")), "{}", page.out);
    let pasted = project.said(&["explain", &format!("error[{slug}]")]);
    assert_eq!(pasted.out, page.out);
    let typo = project.said(&["explain", "unknwon-field"]);
    assert_eq!((typo.code, typo.out.as_str()), (Some(2), ""));
    assert!(typo.err.contains("did you mean `unknown-field`?"), "{}", typo.err);
}

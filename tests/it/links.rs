//! What the cache holds and how the tree is linked to it, for each `cache.type`, beside DVC; and
//! objects that are not what their names say.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use crate::support::Project;
use crate::tools;
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

const SCRIPT: &str = "mkdir -p d/s d/void
echo deep > d/s/x
printf '' > d/empty
echo 'ünï' > 'd/ünï 日本.txt'
ln -s ../in.txt d/link.txt
echo member > d/run.sh
chmod 755 d/run.sh
echo tool > tool
chmod 755 tool
printf '' > none
cat in.txt > f
head -c 300000 /dev/zero > zeros
";

const SPEC: &str = "mlc 1
project links
stage make { cmd \"sh make.sh\"; deps \"make.sh\" \"in.txt\"; outs \"d\" \"f\" \"none\" \"tool\" \"zeros\" }
";

const DVC_YAML: &str = "stages:
  make:
    cmd: sh make.sh
    deps: [make.sh, in.txt]
    outs: [d, f, none, tool, zeros]
";

const OUTS: [&str; 5] = ["d", "f", "none", "tool", "zeros"];

#[test]
fn objects_and_links_are_those_of_dvc() {
    let Some(dvc) = tools::dvc("objects_and_links_are_those_of_dvc") else { return };
    for kind in ["", "copy", "hardlink", "symlink", "reflink,hardlink,copy"] {
        let (ours, theirs) = (project(kind), project(kind));
        theirs.write("dvc.yaml", DVC_YAML);
        ours.mlc_ok(&["run"]);
        theirs.tool_ok(&dvc, &["repro", "-q"]);
        assert_eq!(objects(&ours), objects(&theirs), "{kind}");
        assert_eq!(tree(&ours), tree(&theirs), "after a run, {kind}");

        for project in [&ours, &theirs] {
            remove_outs(project);
        }
        ours.mlc_ok(&["run"]);
        theirs.tool_ok(&dvc, &["checkout", "-q"]);
        assert_eq!(tree(&ours), tree(&theirs), "after a restore, {kind}");

        ours.write("dvc.yaml", DVC_YAML);
        assert!(ours.tool_ok(&dvc, &["status"]).contains("up to date"), "{kind}");
        assert_eq!(ours.read("dvc.lock"), theirs.read("dvc.lock"), "{kind}");
    }
}

#[test]
fn members_are_hashed_as_a_listing_says() {
    let project = project("");
    project.mlc_ok(&["run"]);
    let root = camino::Utf8PathBuf::from_path_buf(project.root()).unwrap();
    let members = mlc::testing::members(&root, "d").unwrap();
    let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["empty", "link.txt", "run.sh", "s/x", "ünï 日本.txt"]);
    assert_eq!(members[0].1, "d41d8cd98f00b204e9800998ecf8427e");
    for (_, md5) in &members {
        assert!(object(&project, md5).is_file());
    }
}

#[test]
fn a_corrupt_object_is_found_put_aside_and_made_again() {
    for kind in ["copy", "hardlink", "symlink"] {
        for (out, mode) in [("f", 0o444), ("f", 0o644), ("zeros", 0o444), ("d", 0o444)] {
            let project = project(kind);
            project.mlc_ok(&["run"]);
            let want = tree(&project);
            let path = if out == "d" { "d/s/x" } else { out };
            let bytes = fs::read(project.root().join(path)).unwrap();
            let object = object_of(&project, &bytes);
            remove_outs(&project);
            damage(&object, &bytes, mode);

            let said = project.said(&["run", "--explain"]);
            assert_eq!(said.code, Some(0), "{}", said.err);
            let said = said.out + &said.err;
            assert_eq!(tree(&project), want, "{kind} {out} {mode:o}: {said}");
            assert_eq!(fs::read(&object).unwrap(), bytes, "{kind} {out} {mode:o}");
            let aside = project.root().join(".dvc/tmp/mlc-quarantine");
            assert_eq!(fs::read_dir(aside).unwrap().count(), 1, "{kind} {out} {mode:o}: {said}");
            // Of an object that is not protected nobody says that it was whole: it counts as gone.
            let word = if mode == 0o444 { "was corrupt" } else { "not in the cache" };
            assert!(said.contains(word), "{kind} {out} {mode:o}: {said}");
        }
    }
}

#[test]
fn a_torn_object_is_replaced_when_its_content_is_stored_again() {
    let project = project("copy");
    project.mlc_ok(&["run"]);
    let bytes = fs::read(project.root().join("zeros")).unwrap();
    let object = object_of(&project, &bytes);
    damage(&object, &[], 0o444);
    project.mlc_ok(&["run", "--force"]);
    assert_eq!(fs::read(&object).unwrap(), bytes);
    assert_eq!(fs::metadata(&object).unwrap().mode() & 0o777, 0o444);
}

#[test]
fn a_step_that_adds_to_what_it_left_never_writes_an_object() {
    for kind in ["hardlink", "symlink"] {
        let project = project(kind);
        project.write(
            "mlc.kdl",
            "mlc 1\nproject links\nstage log { cmd \"echo line >> log.txt; echo x > dir/$$ || { mkdir dir && echo x > dir/first; }\"; deps \"in.txt\"; outs \"log.txt\" \"dir\" persist=#true }\n",
        );
        project.mlc_ok(&["run"]);
        project.mlc_ok(&["run", "--force"]);
        assert_eq!(project.read("log.txt"), "line\nline\n", "{kind}");
        assert_eq!(fs::read_dir(project.root().join("dir")).unwrap().count(), 2);
        for text in ["line\n", "line\nline\n"] {
            assert_eq!(fs::read(object_of(&project, text.as_bytes())).unwrap(), text.as_bytes());
        }
        // Removing an output leaves its object alone.
        fs::remove_file(project.root().join("log.txt")).unwrap();
        assert!(object_of(&project, b"line\nline\n").is_file());
    }
}

#[test]
fn a_cache_shared_by_a_group_stays_writable_for_it() {
    let project = project("copy");
    project.write(".dvc/config", "[core]\n    no_scm = True\n[cache]\n    shared = group\n");
    project.mlc_ok(&["run"]);
    let object = object_of(&project, b"tool\n");
    assert_eq!(fs::metadata(&object).unwrap().mode() & 0o7777, 0o444);
    assert_eq!(fs::metadata(object.parent().unwrap()).unwrap().mode() & 0o7777, 0o2775);
}

#[test]
fn a_cache_type_that_is_none_is_named() {
    let project = project("softlink");
    let said = project.said(&["run"]);
    assert_ne!(said.code, Some(0));
    assert!(said.err.contains("`cache.type`") && said.err.contains("`softlink`"), "{}", said.err);
}

fn project(kind: &str) -> Project {
    let cache =
        if kind.is_empty() { String::new() } else { format!("[cache]\n    type = {kind}\n") };
    Project::new(&[
        ("make.sh", SCRIPT),
        ("in.txt", "input\n"),
        ("mlc.kdl", SPEC),
        (".dvc/config", &format!("[core]\n    no_scm = True\n{cache}")),
    ])
}

fn remove_outs(project: &Project) {
    for out in OUTS {
        let path = project.root().join(out);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
    }
}

fn object(project: &Project, md5: &str) -> std::path::PathBuf {
    let (folder, name) = md5.split_at(2);
    project.root().join(".dvc/cache/files/md5").join(folder).join(name)
}

fn object_of(project: &Project, bytes: &[u8]) -> std::path::PathBuf {
    object(project, &digest(bytes))
}

fn digest(bytes: &[u8]) -> String {
    use md5::Digest as _;
    let digest: [u8; 16] = md5::Md5::digest(bytes).into();
    digest.map(|byte| format!("{byte:02x}")).concat()
}

/// Turns each byte around, and makes something of nothing.
fn damage(object: &Path, bytes: &[u8], mode: u32) {
    fs::set_permissions(object, Permissions::from_mode(0o644)).unwrap();
    let damaged: Vec<u8> = bytes.iter().map(|byte| !byte).collect();
    fs::write(object, damaged).unwrap();
    fs::set_permissions(object, Permissions::from_mode(mode)).unwrap();
}

/// Objects by name with mode and content. DVC makes the object of an executable one as well where
/// it links; ours stays protected.
fn objects(project: &Project) -> BTreeMap<String, (u32, String)> {
    let top = project.root().join(".dvc/cache/files/md5");
    let mut objects = BTreeMap::new();
    for folder in fs::read_dir(&top).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let mode = fs::metadata(&path).unwrap().mode() & 0o777 & !0o111;
            let name = path.strip_prefix(&top).unwrap().to_str().unwrap().to_owned();
            objects.insert(name, (mode, digest(&fs::read(&path).unwrap())));
        }
    }
    objects
}

/// Outputs by path: whether they are links into the cache, and their content. A member that was a
/// link to a file of the tree stays one until DVC, or we, bring it back from the cache.
fn tree(project: &Project) -> BTreeMap<String, (&'static str, String)> {
    let mut found = BTreeMap::new();
    let mut pending: Vec<_> = OUTS.iter().map(|out| project.root().join(out)).collect();
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let metadata = fs::symlink_metadata(&path).unwrap();
        let name = path.strip_prefix(project.root()).unwrap().to_str().unwrap().to_owned();
        let into_cache =
            fs::read_link(&path).is_ok_and(|it| it.to_string_lossy().contains(".dvc/"));
        let kind = match metadata.nlink() {
            // DVC links an executable; we copy it.
            _ if name == "tool" => "executable",
            _ if into_cache => "symlink",
            2.. => "hardlink",
            _ => "file",
        };
        found.insert(name, (kind, digest(&fs::read(&path).unwrap())));
    }
    found
}

//! Files that have no end, are no files, or are larger than any that somebody wrote: each is refused
//! with what would have been right, and none is read for long.
#![cfg(unix)]

use std::fs::File;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use rstest::rstest;

use crate::support::folder::Folder;
use crate::support::program::{command, run, wait_for};
use crate::support::served::{Served, demo_fixtures};

fn sparse(folder: &Folder, name: &str) -> String {
    let path = folder.write(name, "");
    let file = File::options().write(true).open(&path).expect("it is there");
    file.set_len(10 << 30).expect("it takes no room");
    path
}

fn pipe(folder: &Folder, name: &str) -> String {
    let path = folder.path(name);
    assert!(Command::new("mkfifo").arg(&path).status().expect("there is a mkfifo").success());
    path
}

fn device(_: &Folder) -> String {
    "/dev/zero".to_owned()
}

fn inside(folder: &Folder) -> String {
    folder.write("inside/x.yaml", "");
    folder.path("inside")
}

fn circle(folder: &Folder) -> String {
    let path = folder.path("circle.yaml");
    symlink(&path, &path).expect("links can be made");
    path
}

fn socket(folder: &Folder) -> String {
    let path = folder.path("s.yaml");
    std::os::unix::net::UnixListener::bind(&path).expect("sockets can be made");
    path
}

fn large(folder: &Folder) -> String {
    sparse(folder, "large.yaml")
}

const REPORT: &[&str] = &["rejudge"];
const FIXTURES: &[&str] = &["http://127.0.0.1:1", "--fixtures"];
const AUTHORITIES: &[&str] = &["https://127.0.0.1:1", "--ca-cert"];
const CASES: &[&str] = &["check"];

#[rstest]
#[case(device, "it is a device, and no regular file")]
#[case(circle, "Too many levels of symbolic links")]
#[case(socket, "it is a socket, and no regular file")]
#[case(large, "it is larger than")]
fn what_is_no_file_that_somebody_wrote_is_refused(
    #[case] make: fn(&Folder) -> String,
    #[case] why: &str,
    #[values(REPORT, FIXTURES, AUTHORITIES, CASES)] arguments: &[&str],
) {
    let folder = Folder::new();
    let path = make(&folder);
    let ran = run(&[arguments, &[path.as_str()]].concat());
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains(why), "{}", ran.stderr);
}

#[rstest]
#[case(REPORT)]
#[case(FIXTURES)]
#[case(AUTHORITIES)]
fn a_folder_is_no_file(#[case] arguments: &[&str]) {
    let folder = Folder::new();
    let path = inside(&folder);
    let ran = run(&[arguments, &[path.as_str()]].concat());
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("it is a folder, and no regular file"), "{}", ran.stderr);
}

#[test]
fn a_pipe_in_the_place_of_authorities_is_not_waited_for() {
    let folder = Folder::new();
    let path = pipe(&folder, "pipe");
    let ran = run(&[AUTHORITIES, &[path.as_str()]].concat());
    assert!(ran.stderr.contains("it is a pipe, and no regular file"), "{}", ran.stderr);
}

#[test]
fn fixtures_may_come_through_a_pipe() {
    let folder = Folder::new();
    let server = Served::start(&[]);
    let fixtures = std::fs::read_to_string(demo_fixtures(&folder)).expect("it is there");
    let case = ["--case", "logout/ends-the-session", "--allow-deselected"];
    let mut process = command(&[&[&server.url, "--fixtures", "/dev/stdin"][..], &case].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let mut stdin = process.stdin.take().expect("it is piped");
    std::io::Write::write_all(&mut stdin, fixtures.as_bytes()).expect("somebody reads it");
    drop(stdin);
    let ran = wait_for(process);
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn a_folder_of_too_many_files_is_no_folder_of_cases() {
    let folder = Folder::new();
    for number in 0..20_001 {
        folder.write(&format!("cases/{number}.txt"), "");
    }
    let ran = run(&["check", &folder.path("cases")]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("there are more than 20000 files and folders in it"),
        "{}",
        ran.stderr
    );
}

/// Links that lead on in more ways than anybody could walk.
#[test]
fn a_folder_whose_links_multiply_is_not_walked_to_its_end() {
    let folder = Folder::new();
    for level in 0..24 {
        folder.write(&format!("{level}/x.yaml"), "");
    }
    for level in 0..23 {
        for way in ["a", "b"] {
            let target = folder.path(&format!("{}", level + 1));
            symlink(target, folder.path(&format!("{level}/{way}"))).expect("links can be made");
        }
    }
    let ran = run(&["check", &folder.path("0")]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("there are more than 20000 files and folders"), "{}", ran.stderr);
}

#[rstest]
#[case::brackets("[", 1_000_000)]
#[case::braces("{a: ", 200_000)]
#[case::dashes("- ", 500_000)]
#[case::lines("- x\n", 250_000)]
#[case::keys("a: b\n", 200_000)]
#[case::one_line("x", 1_000_000)]
#[case::anchors("- &a [*a]\n", 90_000)]
#[case::tabs("\t", 1_000_000)]
#[case::zeros("\0", 1_000_000)]
#[case::quotes("\"", 1_000_000)]
#[case::comments("# x\n", 250_000)]
#[case::documents("---\n", 250_000)]
#[case::questions("? ", 500_000)]
#[case::tags("!a ", 300_000)]
fn yaml_of_whatever_shape_is_told_to_be_wrong(#[case] piece: &str, #[case] times: usize) {
    let folder = Folder::new();
    let path = folder.write("case.yaml", &piece.repeat(times));
    let ran = run(&["check", &path]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.len() < 200_000, "{} bytes", ran.stderr.len());
}

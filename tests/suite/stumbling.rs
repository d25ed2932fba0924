//! A server that keeps the contract but for one thing: the failure that is told first names the
//! statement that is broken, and one cause is told once.

use rstest::rstest;

use crate::support::foreign_server::{Foreign, Habits, Instead, Seen};

fn wrong_password(seen: &Seen) -> bool {
    seen.is_wrong_password
}

fn is_call(seen: &Seen, action: &str) -> bool {
    seen.asked.target.split('?').next().is_some_and(|path| path.ends_with(action))
}

fn body_has(seen: &Seen, text: &str) -> bool {
    String::from_utf8_lossy(&seen.asked.body).contains(text)
}

fn granted_sign_in(seen: &Seen) -> bool {
    seen.issued.is_some()
}

fn missing_hash(seen: &Seen) -> bool {
    let is_elsewhere =
        seen.asked.target.contains('?') || seen.asked.headers.contains_key("authorization");
    is_call(seen, "/get_permissions") && seen.asked.body.len() < 3 && !is_elsewhere
}

fn made_up_hash(seen: &Seen) -> bool {
    body_has(seen, "5ca1ab1e") && is_call(seen, "/get_permissions")
}

fn form(seen: &Seen) -> bool {
    seen.asked.headers.get("content-type").is_some_and(|kind| kind.contains("form-urlencoded"))
}

fn header(seen: &Seen) -> bool {
    seen.asked.headers.contains_key("authorization")
}

fn get(seen: &Seen) -> bool {
    seen.asked.method == "GET"
}

fn logout(seen: &Seen) -> bool {
    is_call(seen, "/logout")
}

const FAILURE: Instead = Instead::Page("500 Internal Server Error");
const UNAVAILABLE: Instead = Instead::Page("503 Service Unavailable");
const UNSUPPORTED: Instead = Instead::Page("415 Unsupported Media Type");
const PAGE: Instead = Instead::Page("200 OK");

#[rstest]
#[case::error_for_a_wrong_password(wrong_password, Instead::ErrorSix, "CALL-ANSWERED must", 1)]
#[case::page_of_a_failure_for_a_wrong_password(wrong_password, FAILURE, "CALL-ANSWERED must", 1)]
#[case::away_for_a_wrong_password(wrong_password, UNAVAILABLE, "CALL-ANSWERED must", 1)]
#[case::redirect_for_a_wrong_password(wrong_password, Instead::Redirect, "CALL-ANSWERED must", 1)]
#[case::page_for_a_wrong_password(wrong_password, PAGE, "CALL-ANSWERED must", 1)]
#[case::http_200_for_a_wrong_password(wrong_password, Instead::Ok, "ERR-NOT200 should", 1)]
#[case::half_a_refusal_of_a_wrong_password(
    wrong_password,
    Instead::Half,
    "AUTH-WRONGPW-CODE should",
    1
)]
#[case::away_for_everybody(granted_sign_in, UNAVAILABLE, "M-AUTH-POST must", 3)]
#[case::redirect_for_everybody(granted_sign_in, Instead::Redirect, "M-AUTH-POST must", 3)]
#[case::page_for_everybody(granted_sign_in, PAGE, "M-AUTH-POST must", 3)]
#[case::half_a_sign_in(granted_sign_in, Instead::Half, "M-AUTH-POST must", 3)]
#[case::failure_over_a_missing_hash(missing_hash, FAILURE, "HASH-MISSING should", 1)]
#[case::page_for_a_missing_hash(missing_hash, PAGE, "HASH-MISSING should", 1)]
#[case::error_for_an_unknown_hash(made_up_hash, Instead::ErrorSix, "HASH-UNKNOWN should", 2)]
#[case::redirect_for_an_unknown_hash(made_up_hash, Instead::Redirect, "HASH-UNKNOWN should", 2)]
#[case::no_forms(form, UNSUPPORTED, "T-FORM-AUTH should", 6)]
#[case::failure_over_forms(form, FAILURE, "T-FORM-AUTH should", 4)]
#[case::failure_over_headers(header, FAILURE, "T-HEADER-HASH should", 3)]
#[case::page_for_get(get, PAGE, "M-LOGOUT-GET must", 2)]
#[case::redirect_for_get(get, Instead::Redirect, "M-LOGOUT-GET must", 2)]
#[case::failure_over_logout(logout, FAILURE, "LO-SHAPE must", 3)]
#[case::half_a_logout(logout, Instead::Half, "LO-SHAPE must", 4)]
fn the_statement_that_is_told_first_is_the_one_that_is_broken(
    #[case] over: fn(&Seen) -> bool,
    #[case] instead: Instead,
    #[case] first: &str,
    #[case] most: usize,
) {
    let server = Foreign::start(Habits { stumbles: Some((over, instead)), ..Habits::default() });
    let ran = server.judge(&[]);
    let heads: Vec<String> = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with("FAIL "))
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            format!("{} {}", words[2], words[4])
        })
        // Its hashes are no hexadecimal digits, which is told whatever else is.
        .filter(|head| head != "AUTH-HASH-HEX should")
        .collect();
    assert_eq!(heads.first().map(String::as_str), Some(first), "{heads:#?}");
    assert!(heads.len() <= most, "{heads:#?}");
    let is_broken = first.ends_with(" must");
    assert_eq!(ran.verdict(), if is_broken { "nonconformant" } else { "conformant" });
}

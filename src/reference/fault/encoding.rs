//! Faults in how parameters are sent and decoded.

use hyper::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, SET_COOKIE};
use serde_json::Value;

use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::{Auth, Logout};
use crate::reference::call::Call;
use crate::reference::call::Encoding::{self, Form, Header, Json, PostQuery, Query};
use crate::reference::change::{Changes, request};
use crate::reference::refusal::Reason::BadBody;
use crate::reference::request::Request;
use crate::reference::server::Server;
use crate::reference::when::{always, on};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn faults() -> Vec<Row> {
    let with_hash = always().given(|call, _| call.action != Auth);
    let with_body = always().given(|call, _| !call.request.body.is_empty());
    let without_body = always().given(|call, _| call.request.body.is_empty());

    vec![
        row("header-hash-ignored", "The hash of the `Authorization` header is ignored.", &["T-HEADER-HASH"], always().ignore(Header)),
        row("form-body-ignored", "The parameters of a form body are ignored.", &["T-FORM-AUTH", "T-FORM-HASH"], always().ignore(Form)),
        row("post-query-ignored", "The query of a POST is ignored.", &["T-QUERY-POST"], always().ignore(PostQuery)),
        row("get-query-ignored", "The query of a GET is ignored.", &["T-QUERY-HASH-GET", "M-PERM-GET", "M-LOGOUT-GET"], always().ignore(Query)),
        row("json-hash-ignored", "The hash of a JSON body is ignored.", &["T-JSON-HASH", "M-PERM-POST", "M-LOGOUT-POST"], with_hash.ignore(Json)),
        row("json-credentials-ignored", "Login and password of a JSON body are ignored.", &["T-JSON-AUTH", "M-AUTH-POST"], on(Auth).ignore(Json)),
        row("form-credentials-ignored", "Login and password of a form body are ignored.", &["T-FORM-AUTH"], on(Auth).ignore(Form)),
        row("form-hash-ignored", "The hash of a form body is ignored.", &["T-FORM-HASH"], with_hash.ignore(Form)),
        row("logout-ignores-form-hash", "Logout ignores the hash of a form body.", &["T-FORM-HASH"], on(Logout).ignore(Form)),
        row("logout-ignores-header-hash", "Logout ignores the hash of the `Authorization` header.", &["T-HEADER-HASH"], on(Logout).ignore(Header)),
        row("logout-ignores-post-query-hash", "Logout ignores the hash of the query of a POST.", &["T-QUERY-POST"], on(Logout).ignore(PostQuery)),
        row("logout-ignores-get-hash", "Logout ignores the hash of the query of a GET.", &["M-LOGOUT-GET", "T-QUERY-HASH-GET"],
            on(Logout).ignore(Query)),
        row("logout-ignores-json-hash", "Logout ignores the hash of a JSON body.", &["T-JSON-HASH", "M-LOGOUT-POST"], on(Logout).ignore(Json)),
        row("header-by-post-ignored", "The `Authorization` header of a POST is ignored.", &["T-HEADER-HASH"], always().by_post().ignore(Header)),
        row("header-needs-body", "The `Authorization` header is ignored when there is no body.", &["T-HEADER-EMPTYBODY"], without_body.ignore(Header)),
        row("header-forbids-body", "The `Authorization` header is ignored when there is a body.", &["T-HEADER-EMPTYBODY"], with_body.ignore(Header)),
        row("header-without-space-accepted", "The space between the scheme word and the hash may be left out.", &["T-HEADER-FORM"],
            request(insert_space)),
        row("header-as-bearer-only", "The scheme word of the header is `Bearer` instead of `NVX`.", &["T-HEADER-HASH", "T-HEADER-FORM"],
            request(require_bearer)),
        row("header-hash-read-without-first-digit", "The hash of the header is read without its first digit.", &["T-HEADER-HASH"],
            rewrite(Header, "hash", |hash| hash.chars().skip(1).collect())),
        row("form-not-decoded", "The values of a form body are not percent-decoded.", &["T-PCT"],
            request(|request| request.rewrite_form(|body| body.replace('%', "%25")))),
        row("form-decoded-twice", "The values of a form body are percent-decoded twice.", &["T-PCT"],
            request(|request| request.rewrite_form(decode_values))),
        row("query-not-decoded", "The values of a query are not percent-decoded.", &["T-PCT"],
            request(|request| request.query = request.query.replace('%', "%25"))),
        row("form-non-ascii-not-decoded", "In a form body escapes beyond ASCII are not percent-decoded.", &["T-PCT"],
            request(|request| request.rewrite_form(|body| keep_escapes(body, |digits| digits >= "80")))),
        row("form-non-ascii-as-latin-1", "A form body is read as Latin-1.", &["T-PCT"],
            rewrite(Form, "login", as_latin_1).and(rewrite(Form, "password", as_latin_1))),
        row("json-non-ascii-as-latin-1", "A JSON body is read as Latin-1.", &["T-JSON-SYNTAX"],
            rewrite(Json, "login", as_latin_1).and(rewrite(Json, "password", as_latin_1))),
        row("json-non-ascii-dropped", "Characters beyond ASCII are dropped from a JSON body.", &["T-JSON-SYNTAX"],
            rewrite(Json, "password", |text| text.chars().filter(char::is_ascii).collect())),
        row("json-escapes-not-decoded", "The escapes `\\u....` of a JSON body are not decoded.", &["T-JSON-SYNTAX"],
            request(keep_json_escapes)),
        row("json-escapes-refused", "A JSON body with escapes `\\u....` is refused.", &["T-JSON-SYNTAX"],
            refuse_json(|body| body.contains("\\u"))),
        row("json-member-order-matters", "A JSON body with the password before the login is refused.", &["T-JSON-SYNTAX"],
            refuse_json(has_password_before_login)),
        row("json-white-space-refused", "A JSON body with a line break in it is refused.", &["T-JSON-SYNTAX"],
            refuse_json(|body| body.trim_end().contains('\n'))),
        row("json-leading-white-space-refused", "A JSON body that does not start with a brace is refused.", &["T-JSON-SYNTAX"],
            refuse_json(|body| body.starts_with(char::is_whitespace))),
        row("json-charset-refused", "A JSON body whose content type names a charset is refused.", &["T-CT-CHARSET"],
            always().given(|call, _| names_charset(call) && !call.request.is_form()).refuse(BadBody)),
        row("form-charset-refused", "A form body whose content type names a charset is refused.", &["T-CT-CHARSET"],
            always().given(|call, _| names_charset(call) && call.request.is_form()).refuse(BadBody)),
        row("form-charset-body-ignored", "A form body whose content type names a charset is ignored.", &["T-CT-CHARSET"],
            always().given(|call, _| names_charset(call)).ignore(Form)),
        row("auth-empty-hash-refused", "Signing in with an empty `hash` beside login and password is refused.", &["T-AUTH-EMPTY-HASH"],
            on(Auth).given(|call, _| call.value("hash").is_some() && call.text("hash").is_empty()).error(3)),
        row("auth-stale-hash-refused", "Signing in with the hash of an ended session beside login and password is refused.", &["T-AUTH-STALE-HASH"],
            on(Auth).given(has_stale_hash).error(4)),
        row("unknown-parameter-crashes", "An unknown parameter makes the server fail.", &["T-UNKNOWN-PARAM"],
            always().given(|call, _| call.has_unknown_parameter()).error(6)),
        row("cookie-needed", "A hash works only together with the cookie of the sign-in.", &["T-NO-COOKIE"],
            with_hash.call(forget_without_cookie).and(on(Auth).header(SET_COOKIE, "panel=1; Path=/; HttpOnly"))),
        row("lower-case-escapes-not-decoded", "Percent escapes with small letters are not decoded.", &["T-PCT"],
            request(keep_lower_case_escapes)),
        row("json-escaped-name-ignored", "A JSON member whose name is written with escapes is ignored.", &["T-JSON-SYNTAX"],
            always().call(forget_escaped_names)),
    ]
}

/// Rewrites the values of a parameter that is sent in this way.
fn rewrite(encoding: Encoding, name: &'static str, rewrite: fn(&str) -> String) -> Changes {
    always().call(move |call| {
        for (_, value) in call.values_mut(name).filter(|(by, _)| *by == encoding) {
            if let Value::String(text) = value {
                *text = rewrite(text);
            }
        }
    })
}

/// Refuses a JSON body that is written in a certain way.
fn refuse_json(is_refused: fn(&str) -> bool) -> Changes {
    always().by(Json).call(move |call| {
        if is_refused(&call.request.text()) {
            call.invalid = Some(BadBody);
        }
    })
}

fn has_password_before_login(body: &str) -> bool {
    body.find("\"password\"") < body.find("\"login\"") && body.contains("\"password\"")
}

fn names_charset(call: &Call) -> bool {
    call.request.header(CONTENT_TYPE).to_ascii_lowercase().contains("charset")
}

fn has_stale_hash(call: &Call, server: &Server) -> bool {
    server.session_of(call).is_some_and(|session| session.has_ended())
}

fn forget_without_cookie(call: &mut Call) {
    if call.request.header(COOKIE).is_empty() {
        call.parameters.clear();
    }
}

fn insert_space(request: &mut Request) {
    if let Some(hash) =
        request.authorization().strip_prefix("NVX").filter(|hash| !hash.starts_with(' '))
    {
        request.set(AUTHORIZATION, &format!("NVX {hash}"));
    }
}

fn require_bearer(request: &mut Request) {
    let read = match request.authorization().strip_prefix("Bearer ") {
        Some(hash) => format!("NVX {hash}"),
        None => String::new(),
    };
    request.set(AUTHORIZATION, &read);
}

/// Decodes the values of a form body once and keeps it a form body.
fn decode_values(body: &str) -> String {
    let decoded = |pair: &str| match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", decoded_once(value)),
        None => pair.to_owned(),
    };
    body.split('&').map(decoded).collect::<Vec<_>>().join("&")
}

/// What would end the value early is escaped again.
fn decoded_once(value: &str) -> String {
    let text = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
    text.replace('&', "%26").replace('+', "%2B").replace('=', "%3D")
}

/// Makes some escapes survive the decoding; an escape is named by its two digits.
fn keep_escapes(body: &str, is_kept: impl Fn(&str) -> bool) -> String {
    let mut parts = body.split('%');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.get(..2).unwrap_or_default();
        kept.push_str(if is_kept(digits) { "%25" } else { "%" });
        kept.push_str(part);
    }
    kept
}

fn keep_lower_case_escapes(request: &mut Request) {
    let is_lower = |digits: &str| digits.contains(|digit: char| digit.is_ascii_lowercase());
    request.query = keep_escapes(&request.query, is_lower);
    request.rewrite_form(|body| keep_escapes(body, is_lower));
}

fn keep_json_escapes(request: &mut Request) {
    if !request.is_form() {
        request.rewrite_body(|body| body.replace("\\u", "\\\\u"));
    }
}

/// Reads the bytes of UTF-8 as Latin-1.
fn as_latin_1(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

fn forget_escaped_names(call: &mut Call) {
    let body = call.request.text();
    call.parameters.retain(|parameter| {
        parameter.encoding != Json || body.contains(&format!("\"{}\"", parameter.name))
    });
}

//! Variations in how requests are read. Some leave out a whole encoding that is only recommended.

use hyper::header::{AUTHORIZATION, LOCATION};
use serde_json::Value;

use super::variation;
use crate::reference::behaviour::{Row, row};
use crate::reference::call::Action::Auth;
use crate::reference::call::Call;
use crate::reference::call::Encoding::{self, Form, Header, Json, PostQuery, Query};
use crate::reference::change::{Changes, request};
use crate::reference::refusal::Reason::{BadBody, FieldType, HashType, UnknownRoute};
use crate::reference::request::Request;
use crate::reference::response::Response;
use crate::reference::server::Server;
use crate::reference::when::{always, on, refused_for};

#[rustfmt::skip] // A row is a line, or two if it is long.
pub(super) fn variations() -> Vec<Row> {
    let slash = always().given(|call, _| call.request.has_slash());

    vec![
        row("query-before-body", "The query takes precedence over the body.", &["T-PRECEDENCE"],
            prefer(|encoding| matches!(encoding, Query | PostQuery))),
        row("header-before-all", "The header takes precedence over query and body.", &["T-PRECEDENCE"],
            prefer(|encoding| encoding == Header)),
        row("auth-refuses-unknown-parameters", "Signing in with an unknown parameter is refused with code 7.", &["T-UNKNOWN-PARAM"],
            on(Auth).given(|call, _| call.has_unknown_parameter()).refuse(FieldType)),
        row("auth-refuses-hash-beside", "Signing in with a hash beside login and password is refused with code 7.", &["T-UNKNOWN-PARAM", "T-AUTH-STALE-HASH", "T-AUTH-EMPTY-HASH"],
            on(Auth).given(|call, _| call.has("hash")).refuse(FieldType)),
        row("values-of-other-types-crash", "A login, password or hash that is no string makes the server fail.", &["AUTH-BADTYPE", "AUTH-LOGIN-NUMBER", "HASH-TYPE"],
            refused_for(FieldType).page(500, CRASH).and(refused_for(HashType).page(500, CRASH))),
        row("lists-of-one-unwrapped", "A list of one value is read as that value.", &["AUTH-BADTYPE", "HASH-TYPE"], always().call(unwrap_lists)),
        variation("no-object-read-as-empty", "A JSON body that is no object is read as one without members.", request(read_as_empty)),
        variation("long-login-code-9", "A login of thousands of characters is too large a request.",
            on(Auth).given(|call, _| call.text("login").len() > 4000).error(9)),
        variation("get-body-ignored", "The body of a GET is ignored.", always().by_get().ignore(Json).and(always().by_get().ignore(Form))),
        row("plus-is-plus", "A plus sign in a form or query is a plus sign.", &["T-PLUS"], request(keep_plus)),
        variation("untyped-body-refused", "A body without a content type that the server knows is refused.", always().given(has_untyped_body).refuse(BadBody)),
        variation("scheme-word-in-any-case", "The scheme word of the header may be written in any case.",
            request(accept_scheme_in_any_case)),
        // Whatever is recommended of a call by the header is lost with it.
        row("without-header", "Nobody can pass a hash in the `Authorization` header.", &["T-HEADER-HASH", "T-HEADER-FORM", "T-HEADER-EMPTYBODY", "SES-ANYWIRE", "LO-SHAPE"],
            always().ignore(Header)),
        // Whatever is recommended of a call by form is lost with it.
        row("without-form", "Nobody can pass parameters in a form body.", &["T-FORM-AUTH", "T-FORM-HASH", "T-PCT", "T-CT-CHARSET", "T-AUTH-EMPTY-HASH", "AUTH-200", "AUTH-E11", "AUTH-E11-H403", "AUTH-WRONGPW-CODE", "SES-ANYWIRE", "LO-SHAPE"],
            always().ignore(Form)),
        // Whatever is recommended of such a call is lost with it.
        row("without-query-of-post", "Nobody can pass parameters in the query of a POST.", &["T-QUERY-POST", "T-QUERY-AUTH", "SES-ANYWIRE"],
            always().ignore(PostQuery)),
        row("without-trailing-slash", "Nobody can call a path with a trailing slash.", &["URL-SLASH", "URL-SLASH-QUERY"], slash.refuse(UnknownRoute)),
        row("slash-redirected-308", "A path with a trailing slash is redirected by HTTP 308 to the one without.", &["URL-SLASH", "URL-SLASH-QUERY"],
            slash.refuse(UnknownRoute).and(slash.respond(redirect))),
    ]
}

const CRASH: &str = "<h1>Internal Server Error</h1>";

fn unwrap_lists(call: &mut Call) {
    for parameter in &mut call.parameters {
        if let Value::Array(list) = &parameter.value
            && let [only] = list.as_slice()
        {
            parameter.value = only.clone();
        }
    }
}

fn read_as_empty(request: &mut Request) {
    let body = serde_json::from_slice::<Value>(&request.body);
    if !request.is_form() && body.is_ok_and(|body| !body.is_object()) {
        request.body = "{}".into();
    }
}

/// Lets the parameters that are sent in some way take precedence.
fn prefer(is_first: fn(Encoding) -> bool) -> Changes {
    always().call(move |call| call.parameters.sort_by_key(|one| !is_first(one.encoding)))
}

fn has_untyped_body(call: &Call, _: &Server) -> bool {
    let is_json = call.request.media_type() == "application/json";
    !call.request.body.is_empty() && !is_json && !call.request.is_form()
}

fn redirect(call: &Call) -> Response {
    Response::bare(308, LOCATION, call.request.path.strip_suffix('/').unwrap_or_default())
}

fn keep_plus(request: &mut Request) {
    request.query = request.query.replace('+', "%2B");
    request.rewrite_form(|body| body.replace('+', "%2B"));
}

/// `nvx <hash>` becomes `NVX <hash>`.
fn accept_scheme_in_any_case(request: &mut Request) {
    let Some((scheme, hash)) = request.authorization().split_once(' ') else { return };
    if scheme.eq_ignore_ascii_case("NVX") {
        request.set(AUTHORIZATION, &format!("NVX {hash}"));
    }
}

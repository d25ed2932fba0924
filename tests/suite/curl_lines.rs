//! The `curl` lines of a report, run by a real `curl` in a real shell: each has to repeat the
//! recorded request, and gets the recorded answer.
//!
//! What `curl` sent it tells itself, in a trace; what a comment says is done. Where `sh` or `curl`
//! is not on the machine, nothing is tried, and the test says so.
//!
//! A few things lines cannot repeat. Requests that were sent at the same moment (`parallel`,
//! `alongside`) are made one after the other, every one on a connection of its own, and without
//! the waits between (`after`). The faultless server answers alike, so that all steps are held to
//! the same here; only which of several requests of one moment gets which of their answers is open.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use panel_conformance::internals::{
    Account, Config, Embedded, Encoding, FILTERS, Filter, FilterKind, Redactor, curl,
    curl_with_setup, demo_accounts, encoding as by_name, read_fixtures as read, serve,
};
use panel_conformance::{
    Answer, Behaviour, CaseRecord, Exchange, Fixture, Fixtures, Request, Role, Run, Secret,
    StepRecord, Suite, Target, never,
};
use rstest::rstest;
use serde_json::{Map, Value, json};

use crate::support::folder::Folder;
use crate::support::foreign_server::{Foreign, Habits};
use crate::support::program::{run, say_not_tried};
use crate::support::project::suite;
use crate::support::served::Served;

/// Whether there is what a user would paste the lines into.
fn is_tried() -> bool {
    let found = Command::new("sh").args(["-c", "curl --version"]).output();
    let is_tried = found.is_ok_and(|output| output.status.success());
    if !is_tried {
        say_not_tried("there is no `sh`, or no `curl`");
    }
    is_tried
}

/// Names and values, of variables or headers.
type Named = BTreeMap<String, String>;

/// The variables that the lines name, as an operator sets them: `PANEL_DEALER_2_PASSWORD` for
/// `«dealer[2].password»`.
fn variables(url: &str, fixtures: &Fixtures) -> Named {
    let name = |token: String| {
        let words = token.trim_matches(['«', '»']).replace("].", "_").replace(['[', '.'], "_");
        format!("PANEL_{}", words.to_uppercase())
    };
    let secrets =
        fixtures.secrets().into_iter().map(|(value, token)| (name(token.to_string()), value));
    secrets.chain([("URL".to_owned(), url.to_owned())]).collect()
}

/// What came of lines.
#[derive(Default)]
struct Pasted {
    /// The last request, as `curl` traces it.
    sent: Vec<u8>,
    shown: Vec<u8>,
}

/// Runs lines as somebody would who has set the variables: pastes up to the next comment, and does
/// what that says. Adds the hashes that the lines keep to the variables.
fn paste(lines: &[String], variables: &mut Named) -> Result<Pasted, String> {
    let folder = Folder::new();
    let trace = folder.path("trace");
    folder.write(".curlrc", &format!("trace = {trace:?}\nno-progress-meter\n"));
    let functions: Vec<String> =
        lines.iter().filter(|line| line.contains("() {")).cloned().collect();
    let mut pasted = Pasted::default();
    for lines in lines.chunk_by(|_, next| !next.starts_with("# ")) {
        if let Some(comment) = lines[0].strip_prefix("# ") {
            variables.extend([heed(comment, variables).ok_or(comment)?]);
        }
        let script = [&functions, lines, &["set | grep '^HASH_' >&2".to_owned()]].concat();
        let mut command = Command::new("sh");
        command.args(["-uc", &script.join("\n")]).env_clear().envs(&*variables);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("CURL_HOME", folder.path("")).stdin(Stdio::null());
        let output = command.output().expect("the shell starts");
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            match line.split_once('=') {
                Some((name, value)) if name.starts_with("HASH_") => {
                    variables.insert(name.to_owned(), value.trim_matches('\'').to_owned());
                }
                // That `-X` would not be necessary is clearer said than left out.
                _ if line.starts_with("Note: Unnecessary use of -X") => {}
                _ => return Err(line.to_owned()),
            }
        }
        pasted.shown.extend(output.stdout);
    }
    pasted.sent = sent(&std::fs::read_to_string(trace).unwrap_or_default());
    Ok(pasted)
}

/// The bytes that a trace says were sent, in lines such as `0010: 50 4f 53 54 POST`.
fn sent(trace: &str) -> Vec<u8> {
    let mut is_sent = false;
    let lines = trace.lines().filter(|line| {
        let is_heading = line.starts_with(['<', '=']);
        if is_heading {
            is_sent = line.starts_with("=> Send ");
        }
        is_sent && !is_heading
    });
    let bytes = lines.flat_map(|line| {
        let words = line.split(' ').skip(1).take(16);
        words.map_while(|word| u8::from_str_radix(word, 16).ok())
    });
    bytes.collect()
}

/// The variable that a comment asks for: `NAME: $SECRET without its last character`, or one that
/// was set beforehand, such as `NAME: the value of --header X`.
fn heed(comment: &str, variables: &Named) -> Option<(String, String)> {
    let (name, _) = comment.split_once(": ")?;
    if let Some(value) = variables.get(name) {
        return Some((name.to_owned(), value.clone()));
    }
    let (name, recipe) = comment.split_once(": $")?;
    let (secret, how) = recipe.split_once(' ')?;
    let filter = near_misses().find(|filter| filter.summary == how)?;
    Some((name.to_owned(), filter.apply(variables.get(secret)?)?))
}

fn near_misses() -> impl Iterator<Item = &'static Filter> {
    FILTERS.iter().filter(|filter| filter.kind == FilterKind::NearMiss)
}

/// The values that tokens of a record stand for, once lines were run.
struct Values(Vec<(String, String)>);

impl Values {
    fn of(fixtures: &Fixtures, variables: &Named) -> Values {
        let hashes = variables.iter().filter_map(|(name, value)| {
            Some((value.clone(), format!("«hash {}»", name.strip_prefix("HASH_")?)))
        });
        let mut values = Vec::new();
        let secrets = fixtures.secrets().into_iter();
        let secrets = secrets.map(|(value, token)| (value, token.to_string()));
        for (value, token) in secrets.chain(hashes) {
            let open = token.trim_end_matches('»');
            values.extend(near_misses().filter_map(|filter| {
                Some((format!("{open} {}»", filter.summary), filter.apply(&value)?))
            }));
            values.push((token, value));
        }
        Values(values)
    }

    /// The text with values in the place of tokens, spelt like this.
    fn fill(&self, text: &str, spell: fn(&str) -> String) -> String {
        self.0
            .iter()
            .fold(text.to_owned(), |text, (token, value)| text.replace(token, &spell(value)))
    }
}

/// As it stands inside a string of JSON.
fn in_json(value: &str) -> String {
    let quoted = Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// What a request or an answer says.
#[derive(Debug, PartialEq)]
struct Said {
    /// Method, path and pairs of the query, or the status.
    start: Vec<String>,
    headers: Named,
    /// Pairs of a form, or the whole body.
    body: Vec<String>,
}

/// `name=value` pairs with nothing encoded.
fn pairs(text: &str) -> Vec<String> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    text.split('&').map(decode).collect()
}

/// A request or an answer as its text says it.
fn read_message(text: &[u8]) -> Option<Said> {
    let (head, body) = std::str::from_utf8(text).ok()?.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let words: Vec<&str> = lines.next()?.split(' ').collect();
    let start = if words[0].starts_with("HTTP/") { words.get(1..2)? } else { words.get(..2)? };
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    Some(said(start.iter().map(|word| (*word).to_owned()).collect(), headers.collect(), body))
}

/// A message taken apart as far as it may be spelt in several ways.
fn said(start: Vec<String>, headers: Named, body: &str) -> Said {
    let is_form = headers.get("content-type").is_some_and(|kind| kind.contains("form"));
    let target = start.into_iter().flat_map(|word| match word.split_once('?') {
        Some((path, query)) => [vec![path.to_owned()], pairs(query)].concat(),
        None => vec![word],
    });
    let body = if is_form { pairs(body) } else { vec![body.to_owned()] };
    Said { start: target.collect(), headers, body }
}

/// What was recorded, with values in the place of tokens.
fn recorded(request: &Request, values: &Values) -> Said {
    let lower = |(name, value): &(String, String)| (name.to_lowercase(), value.clone());
    let body = String::from_utf8_lossy(request.body.as_deref().unwrap_or_default());
    let is_json = body.trim_start().starts_with(['{', '[']);
    let start = vec![request.method.clone(), request.target()];
    let mut said = said(start, request.headers.iter().map(lower).collect(), &body);
    let texts = said.start.iter_mut().chain(said.headers.values_mut());
    texts.for_each(|text| *text = values.fill(text, str::to_owned));
    let spell = if is_json { in_json } else { str::to_owned };
    said.body.iter_mut().for_each(|text| *text = values.fill(text, spell));
    said
}

/// A recorded answer as `curl` shows it.
fn recorded_answer(answer: &Answer) -> Said {
    let body = String::from_utf8_lossy(&answer.body);
    lasting(said(vec![answer.status.to_string()], answer.headers.iter().cloned().collect(), &body))
}

/// The answer without its date and fresh hashes.
fn lasting(mut answer: Said) -> Said {
    answer.headers.retain(|name, _| name != "date" && name != "connection");
    let body = serde_json::from_str::<Value>(&answer.body[0]).unwrap_or_default();
    if let Some(hash) = body.get("hash").and_then(Value::as_str).filter(|hash| !hash.is_empty()) {
        answer.body[0] = answer.body[0].replace(hash, "(a hash)");
    }
    answer
}

/// Pastes lines and checks that they send a recorded request, but for headers that transports add
/// by themselves and the case does not name. Returns the answer.
fn repeat(
    lines: &[String],
    url: &str,
    fixtures: &Fixtures,
    request: &Request,
) -> Result<Said, String> {
    let own = ["host", "user-agent", "accept", "content-length", "connection"];
    let mut variables = variables(url, fixtures);
    let pasted = paste(lines, &mut variables)?;
    let recorded = recorded(request, &Values::of(fixtures, &variables));
    let mut sent = read_message(&pasted.sent).ok_or("nothing was sent")?;
    sent.headers.retain(|name, _| recorded.headers.contains_key(name) || !own.contains(&&**name));
    let got = read_message(&pasted.shown).ok_or("no answer is shown")?;
    if sent == recorded { Ok(lasting(got)) } else { Err(format!("{sent:?}\n  not {recorded:?}")) }
}

/// Checks each, on a few threads.
#[track_caller]
fn assert_all<T: Sync>(all: &[T], check: impl Fn(&T) -> Result<(), String> + Sync) {
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let check_some = |some: &[T]| some.iter().filter_map(|one| check(one).err()).collect();
        let some = all.chunks(all.len().div_ceil(4));
        let threads: Vec<_> =
            some.map(|some| scope.spawn(move || -> Vec<String> { check_some(some) })).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no check panics")).collect()
    });
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_repeats_its_exchange() {
    if !is_tried() {
        return;
    }
    let server = Embedded::start(Behaviour::FAULTLESS).await.expect("a port is free");
    let suite = suite();
    let (_stopper, stop) = never();
    let run = Run::of(Target::Url(server.addresses.clone(), server.fixtures.clone()));
    let findings = run.play(suite, stop, &|_| {}).await.expect("a run comes to findings");
    let cases: Vec<CaseRecord> = findings.cases.into_iter().map(|case| case.record).collect();
    let steps = cases.iter().flat_map(|case| case.steps.iter().map(move |step| (case, step)));
    let places: Vec<(&CaseRecord, &StepRecord, usize)> = steps
        .flat_map(|(case, step)| (0..step.deciding().count()).map(move |n| (case, step, n)))
        .collect();
    assert!(places.len() > 200, "{}", places.len());
    assert_all(&places, |(case, step, number)| {
        let lines = curl_with_setup(case, &step.id, *number);
        let exchanges: Vec<&Exchange> = step.deciding().collect();
        let request = &exchanges[*number].request;
        // Which of several requests the server took first the record does not tell.
        let possible =
            if is_parallel(suite, case, step) { &exchanges } else { &exchanges[*number..][..1] };
        let answers = possible.iter().map(|one| one.result.as_ref().expect("it answers"));
        let answers: Vec<Said> = answers.map(recorded_answer).collect();
        let tell = |found: String| {
            format!("{} {} {number}: {found}\n  {}", case.id, step.id, lines.join("\n  "))
        };
        let got = repeat(&lines, server.addresses.first().as_str(), &server.fixtures, request)
            .map_err(tell)?;
        let is_recorded = answers.contains(&got);
        is_recorded.then_some(()).ok_or_else(|| tell(format!("{got:?}\n  not {answers:?}")))
    });
}

fn is_parallel(suite: &Suite, case: &CaseRecord, step: &StepRecord) -> bool {
    let written = suite.cases.iter().filter(|written| written.id == case.id);
    written.flat_map(|written| &written.steps).any(|known| known.id == step.id && known.parallel)
}

/// Dealers with passwords that a shell, curl, or an encoding could take for something else.
fn hard_accounts() -> Vec<Account> {
    let hard = [
        "$HOME `id` $(id) \\$x",
        "'\"'\"\\",
        "@etc/passwd",
        "-X",
        " a  b ",
        "100%s%41\\n\\0",
        "{a,b}[1-3]*?~!",
        "&a=b#c;d|e>f",
        "«hash 1»",
        "Ключ/日本/𝄞",
    ];
    let hard = hard.into_iter().enumerate().map(|(index, password)| Account {
        login: format!("dealer {index} é"),
        password: password.to_owned(),
        permissions: Map::new(),
        blocked: false,
    });
    hard.chain(demo_accounts().into_iter().filter(|account| !account.blocked)).collect()
}

/// The request that signs in, as a record has it.
fn sign_in(account: &Account, encoding: &Encoding, redactor: &Redactor) -> Request {
    let parameters = json!({"login": account.login, "password": account.password});
    let encoded = (encoding.encode)(parameters.as_object().expect("an object"));
    Request {
        method: encoding.method.to_owned(),
        path: "/panel/account/auth".to_owned(),
        query: encoded.query.map(|query| redactor.query(&query)),
        headers: encoded.headers,
        body: encoded.body.map(|body| redactor.body(&body)),
    }
}

#[rstest]
#[case("json")]
#[case("form")]
#[case("query")]
#[case("post-query")]
#[tokio::test(flavor = "multi_thread")]
async fn every_password_comes_through_the_shell_whole(#[case] encoding: &str) {
    if !is_tried() {
        return;
    }
    let encoding = by_name(encoding).expect("there is such an encoding");
    let accounts = hard_accounts();
    let mut fixtures = Fixtures::default();
    for Account { login, password, .. } in &accounts {
        let secret = Secret::new(password.clone());
        fixtures.add(Role::Dealer, Fixture { login: Some(login.clone()), secret });
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let config = Config::faultless(accounts.clone());
    let server = tokio::spawn(serve(listener, config, std::future::pending()));
    let redactor = Redactor::new(&fixtures.secrets());
    assert_all(&accounts, |account| {
        let request = sign_in(account, encoding, &redactor);
        let lines = curl(&request);
        let tell =
            |found: String| format!("{}: {found}\n  {}", account.password, lines.join("\n  "));
        let got = repeat(&lines, &url, &fixtures, &request).map_err(tell)?;
        (got.start == ["200"]).then_some(()).ok_or_else(|| tell(format!("{got:?}")))
    });
    server.abort();
}

/// What stands beside `curl` under the failure of a requirement in a case, as it is cut out of a
/// terminal.
#[track_caller]
fn cut_out(told: &str, case: &str, requirement: &str) -> Vec<String> {
    let is_head = |line: &&str| {
        line.starts_with(&format!("FAIL  {case} ")) && line.contains(&format!(" {requirement} "))
    };
    let mut lines = told.lines().skip_while(|line| !is_head(line));
    let first = lines.find_map(|line| line.strip_prefix("      curl    ")).expect("a curl line");
    let others = lines.map_while(|line| line.strip_prefix("              "));
    [first].into_iter().chain(others).map(str::to_owned).collect()
}

#[rstest]
#[case("logout-ends-nothing", "logout/ends-the-session", "LO-ENDS", "200", "\"success\":true")]
#[case(
    "any-password-accepted",
    "refusals/a-wrong-password-is-refused",
    "AUTH-WRONGPW",
    "200",
    "\"success\":true"
)]
fn what_a_report_says_can_be_pasted(
    #[case] fault: &str,
    #[case] case: &str,
    #[case] requirement: &str,
    #[case] status: &str,
    #[case] body: &str,
) {
    if !is_tried() {
        return;
    }
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/fixtures.yaml");
    let broken = Served::start(&["--fixtures", fixtures, "--fault", fault]);
    let ran = run(&[&broken.url, "--fixtures", fixtures, "--case", case]);
    let lines = cut_out(&ran.stdout, case, requirement);
    let bytes = std::fs::read(fixtures).expect("the example is there");
    let fixtures_read = read("fixtures.yaml", bytes, &|_| None).expect("the example is right");
    let shown = |url: &str| {
        let pasted = paste(&lines, &mut variables(url, &fixtures_read)).expect("no complaint");
        String::from_utf8(pasted.shown).expect("the server speaks UTF-8")
    };
    let answer = shown(&broken.url);
    let start = format!("HTTP/1.1 {status} ");
    assert!(answer.starts_with(&start) && answer.contains(body), "{answer}\n{lines:#?}");
    // The same lines are refused where nothing is broken.
    let faultless = Served::start(&["--fixtures", fixtures]);
    let answer = shown(&faultless.url);
    assert!(!answer.starts_with(&start) && !answer.contains(body), "{answer}\n{lines:#?}");
}

/// No line wants a variable that neither a line before it nor the fixtures file fills, as the
/// password of a dealer whom nobody knows would be.
#[rstest]
#[case::made_up("unknown-dealer-code-4", "refusals/an-unknown-dealer-is-refused", "AUTH-E12")]
#[case::many_calls_before("unknown-hash-accepted", "hashes/a-near-miss-is-refused", "HASH-NEAR")]
fn lines_are_complete(#[case] fault: &str, #[case] case: &str, #[case] requirement: &str) {
    if !is_tried() {
        return;
    }
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/fixtures.yaml");
    let served = Served::start(&["--fixtures", fixtures, "--fault", fault]);
    let ran = run(&[&served.url, "--fixtures", fixtures, "--case", case]);
    let lines = cut_out(&ran.stdout, case, requirement);
    let bytes = std::fs::read(fixtures).expect("the example is there");
    let read = read("fixtures.yaml", bytes, &|_| None).expect("the example is right");
    let pasted = paste(&lines, &mut variables(&served.url, &read)).expect("no variable is unset");
    assert!(!pasted.shown.is_empty(), "{lines:#?}");
}

/// A gateway in front of a target wants a header, which the lines send too once its value is set.
#[test]
fn pasted_lines_go_the_way_that_the_run_went() {
    if !is_tried() {
        return;
    }
    const KEY: &str = "it's \"open\" $HOME `sesame`";
    let server = Foreign::start(Habits { says_yes: true, ..Habits::default() });
    let fixtures = server.fixtures();
    let folder = Folder::new();
    let path = folder.write("fixtures.json", &fixtures);
    let (case, url) = ("logout/ends-the-session", server.url());
    let header = format!("X-Gateway-Key: {KEY}");
    let ran = run(&[&url, "--fixtures", &path, "--header", &header, "--case", case]);
    let setting = ran.stdout.lines().take_while(|line| !line.starts_with("That is"));
    let mut lines: Vec<String> = setting.map(str::to_owned).collect();
    lines.extend(cut_out(&ran.stdout, case, "M-AUTH-POST"));
    let read = read("fixtures.json", fixtures.into_bytes(), &|_| None).expect("it is right");
    let mut variables = variables(&url, &read);
    variables.insert("HEADER_X_GATEWAY_KEY".to_owned(), KEY.to_owned());
    let before = server.seen().len();
    paste(&lines, &mut variables).expect("no complaint");
    let seen = server.seen();
    assert!(seen.len() > before, "{lines:#?}");
    for seen in seen {
        let sent = seen.asked.headers.get("x-gateway-key").map(String::as_str);
        assert_eq!(sent, Some(KEY), "{lines:#?}");
    }
}

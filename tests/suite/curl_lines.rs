//! The `curl` lines of a report, run by a real `curl` in a real shell: each has to repeat the
//! recorded request, and gets the recorded answer.
//!
//! The lines go to a reference server through a relay that writes down what passes. Where `sh` or
//! `curl` is not on the machine, nothing is tried, and the test says so.
//!
//! A few things lines cannot repeat. Requests that were sent at the same moment (`parallel`,
//! `alongside`) are made one after the other, every one on a connection of its own, and without
//! the waits between (`after`). The faultless server answers alike, so that all steps are held to
//! the same here; only which of several requests of one moment gets which of their answers is open.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use panel_conformance::encoding::{Encoding, by_name};
use panel_conformance::judge::recording::CaseRecord;
use panel_conformance::model::exchange::{Answer, Exchange, Request};
use panel_conformance::model::role::Role;
use panel_conformance::reference::{Account, Behaviour, Config, demo_accounts, serve};
use panel_conformance::report::curl::{curl, curl_with_setup};
use panel_conformance::run::embedded::Embedded;
use panel_conformance::run::engine::never;
use panel_conformance::run::{Run, Target};
use panel_conformance::suite::Suite;
use panel_conformance::suite::fixtures::{Fixture, Fixtures, read};
use panel_conformance::value::filter::{FILTERS, FilterKind};
use panel_conformance::value::secret::{Redactor, Secret};
use rstest::rstest;
use serde_json::{Map, Value, json};

use crate::support::folder::Folder;
use crate::support::foreign_server::{Foreign, Habits};
use crate::support::program::{run, say_not_tried};
use crate::support::project::suite;
use crate::support::served::Served;

/// A server that takes longer never answers.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether there is what a user would paste the lines into.
fn is_tried() -> bool {
    let runs = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let is_tried = runs("sh", &["-c", "exit 0"]) && runs("curl", &["--version"]);
    if !is_tried {
        say_not_tried("there is no `sh`, or no `curl`");
    }
    is_tried
}

/// What a shell made of lines.
struct Pasted {
    stdout: Vec<u8>,
    stderr: String,
    /// The hashes that the lines kept: `HASH_1` to its value.
    hashes: BTreeMap<String, String>,
}

/// Runs lines as somebody would who has set the variables and pastes them.
fn paste(lines: &[String], variables: &BTreeMap<String, String>) -> Pasted {
    const MARK: &str = "\n-- kept --\n";
    let script = format!("{}\nprintf '{}'\nset | grep '^HASH_'\n", lines.join("\n"), MARK);
    let mut command = Command::new("sh");
    command.args(["-c", &script]).env_clear().envs(variables).stdin(Stdio::null());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output = command.output().expect("sh starts");
    let at = output.stdout.windows(MARK.len()).rposition(|window| window == MARK.as_bytes());
    let at = at.expect("the script comes to its end");
    let kept = String::from_utf8_lossy(&output.stdout[at + MARK.len()..]).into_owned();
    let kept = kept.lines().filter_map(|line| line.split_once('='));
    Pasted {
        hashes: kept
            .map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned()))
            .collect(),
        stdout: output.stdout[..at].to_vec(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The variables that the lines name, as an operator sets them.
fn variables(fixtures: &Fixtures) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    for role in Role::ALL {
        for (index, fixture) in fixtures.of(role).iter().enumerate() {
            let number = if index == 0 { String::new() } else { format!("{}_", index + 1) };
            let member = if fixture.login.is_some() { "PASSWORD" } else { "HASH" };
            let name = format!("PANEL_{}_{number}{member}", role.name().to_uppercase());
            variables.insert(name, fixture.secret.expose().to_owned());
        }
    }
    variables
}

/// A message as it passed: first line, headers with names in lower case, body.
#[derive(Debug, Default)]
struct Message {
    start: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Message {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The headers but for these, in the order of their names.
    fn headers_without(&self, names: &[&str]) -> Vec<(String, String)> {
        sorted_without(&self.headers, names)
    }
}

fn sorted_without(headers: &[(String, String)], names: &[&str]) -> Vec<(String, String)> {
    let lower = headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
    let mut kept: Vec<_> = lower.filter(|(name, _)| !names.contains(&name.as_str())).collect();
    kept.sort();
    kept
}

/// A request and the answer to it, as they passed the relay.
type Passed = (Message, Message);

/// Passes requests on, one connection after the other, and writes down what passes.
struct Relay {
    url: String,
    passed: Arc<Mutex<Vec<Passed>>>,
}

impl Relay {
    fn start(server: SocketAddr) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let passed = Arc::<Mutex<Vec<Passed>>>::default();
        let noted = Arc::clone(&passed);
        // It ends with the process of the tests.
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                // Whoever hangs up early has nothing to be noted.
                let _ = relay(client, server, &noted);
            }
        });
        Relay { url, passed }
    }

    /// The last request and its answer, and all others forgotten.
    fn take_last(&self) -> Option<Passed> {
        std::mem::take(&mut *self.passed.lock().expect("no test panics in it")).pop()
    }
}

fn relay(
    mut client: TcpStream,
    server: SocketAddr,
    noted: &Mutex<Vec<Passed>>,
) -> std::io::Result<()> {
    let (request, raw) = read_message(&client, false)?;
    let mut server = TcpStream::connect(server)?;
    server.set_read_timeout(Some(PATIENCE))?;
    server.write_all(&raw)?;
    let (answer, raw) = read_message(&server, request.start.starts_with("HEAD "))?;
    // Noted before it is passed on, after which the script may be over.
    noted.lock().expect("no test panics in it").push((request, answer));
    client.write_all(&raw)
}

fn read_message(stream: &TcpStream, is_bare: bool) -> std::io::Result<(Message, Vec<u8>)> {
    let mut reader = BufReader::new(stream);
    let mut raw = Vec::new();
    let mut lines = Vec::new();
    loop {
        let start = raw.len();
        reader.read_until(b'\n', &mut raw)?;
        let line = String::from_utf8_lossy(&raw[start..]).trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let mut lines = lines.into_iter();
    let start = lines.next().unwrap_or_default();
    let header = |line: String| {
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        (name.to_ascii_lowercase(), value.trim().to_owned())
    };
    let mut message = Message { start, headers: lines.map(header).collect(), body: Vec::new() };
    let length = message.header("content-length").and_then(|length| length.parse().ok());
    if !is_bare {
        message.body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut message.body)?;
        raw.extend(&message.body);
    }
    Ok((message, raw))
}

/// The values that tokens of a record stand for, while lines are run.
struct Values<'a> {
    /// Value and token of every fixture.
    secrets: &'a [(String, String)],
    hashes: &'a BTreeMap<String, String>,
}

impl Values<'_> {
    /// The value of a token, without its brackets.
    fn of(&self, token: &str) -> String {
        let near_misses = FILTERS.iter().filter(|filter| filter.kind == FilterKind::NearMiss);
        for filter in near_misses {
            if let Some(plain) = token.strip_suffix(&format!(" {}", filter.summary)) {
                return filter.apply(&self.of(plain)).expect("a near miss misses");
            }
        }
        let hash = token.strip_prefix("hash ").map(|number| format!("HASH_{number}"));
        let value = match hash {
            Some(variable) => self.hashes.get(&variable),
            None => {
                let is_it =
                    |(_, known): &&(String, String)| known.trim_matches(['«', '»']) == token;
                self.secrets.iter().find(is_it).map(|(value, _)| value)
            }
        };
        value.filter(|value| !value.is_empty()).unwrap_or_else(|| panic!("no «{token}»")).clone()
    }

    /// The text with values in the place of tokens, spelt like this.
    fn fill(&self, text: &str, spelling: fn(String) -> String) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, (token, after))) =
            rest.split_once('«').and_then(|(before, after)| Some((before, after.split_once('»')?)))
        {
            filled.push_str(before);
            filled.push_str(&spelling(self.of(token)));
            rest = after;
        }
        filled + rest
    }
}

fn plain(value: String) -> String {
    value
}

/// As it stands inside a string of JSON.
fn in_json(value: String) -> String {
    let quoted = Value::String(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// `name=value` pairs with nothing encoded.
fn pairs(text: &str) -> Vec<[String; 2]> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        [name, value].map(decode)
    };
    text.split('&').map(pair).collect()
}

/// The same with values in the place of tokens.
fn filled_pairs(text: &str, values: &Values<'_>) -> Vec<[String; 2]> {
    let pairs = pairs(text).into_iter();
    pairs.map(|pair| pair.map(|text| values.fill(&text, plain))).collect()
}

/// How a request differs from the recorded one.
fn request_differs(recorded: &Request, sent: &Message, values: &Values<'_>) -> Option<String> {
    let mut words = sent.start.split(' ');
    let method = words.next().unwrap_or_default();
    let target = words.next().unwrap_or_default();
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let is = |what: &str, sent: String, meant: String| {
        (sent != meant).then(|| format!("{what}: sent {sent}, recorded {meant}"))
    };
    let queries = [
        format!("{:?}", query.map(pairs)),
        format!("{:?}", recorded.query.as_ref().map(|query| filled_pairs(query, values))),
    ];
    // The transports add these by themselves, where the case names none.
    let own = ["host", "user-agent", "accept", "content-length", "connection"];
    let meant: Vec<(String, String)> = recorded
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), values.fill(value, plain)))
        .collect();
    is("method", method.to_owned(), recorded.method.clone())
        .or_else(|| is("path", path.to_owned(), values.fill(&recorded.path, plain)))
        .or_else(|| is("query", queries[0].clone(), queries[1].clone()))
        .or_else(|| {
            let is_meant =
                |own: &&str| meant.iter().any(|(name, _)| name.eq_ignore_ascii_case(own));
            let own: Vec<&str> = own.into_iter().filter(|own| !is_meant(own)).collect();
            let [sent, meant] = [sent.headers_without(&own), sorted_without(&meant, &[])];
            is("headers", format!("{sent:?}"), format!("{meant:?}"))
        })
        .or_else(|| {
            let [sent, meant] = bodies(recorded, sent, values);
            is("body", sent, meant)
        })
}

/// The body that was sent and the one that was to be: of a form what its pairs say, of anything
/// else every byte.
fn bodies(recorded: &Request, sent: &Message, values: &Values<'_>) -> [String; 2] {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("a body of a case is text");
    let [sent_text, meant] = [&sent.body, recorded.body.as_deref().unwrap_or_default()].map(text);
    if sent.header("content-type").is_some_and(|kind| kind.contains("form")) {
        let pairs = [pairs(&sent_text), filled_pairs(&meant, values)];
        return pairs.map(|pairs| format!("{pairs:?}"));
    }
    let is_json = meant.trim_start().starts_with(['{', '[']);
    [sent_text, values.fill(&meant, if is_json { in_json } else { plain })]
}

/// How an answer differs from the recorded one, but for its date and fresh hashes.
fn answer_differs(recorded: &Answer, got: &Message) -> Option<String> {
    let status = got.start.split(' ').nth(1).unwrap_or_default().to_owned();
    let own = ["date", "connection"];
    let headers = [got.headers_without(&own), sorted_without(&recorded.headers, &own)];
    let bodies = [&got.body, &recorded.body].map(|body| without_hash(body));
    let is = |what: &str, got: String, recorded: String| {
        (got != recorded).then(|| format!("{what}: answered {got}, recorded {recorded}"))
    };
    is("status", status, recorded.status.to_string())
        .or_else(|| is("headers", format!("{:?}", headers[0]), format!("{:?}", headers[1])))
        .or_else(|| is("body", bodies[0].clone(), bodies[1].clone()))
}

/// The body with a word in the place of the hash that it hands out.
fn without_hash(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body).into_owned();
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => match value.get("hash").and_then(Value::as_str) {
            Some(hash) if !hash.is_empty() => text.replace(hash, "(a hash)"),
            _ => text,
        },
        Err(_) => text,
    }
}

/// One exchange of a record, by its place.
struct Place<'a> {
    case: &'a CaseRecord,
    step: &'a str,
    repeat: usize,
    exchange: &'a Exchange,
}

fn places(cases: &[CaseRecord]) -> Vec<Place<'_>> {
    let steps = cases.iter().flat_map(|case| case.steps.iter().map(move |step| (case, step)));
    let places = steps.flat_map(|(case, step)| {
        let deciding = step.deciding().enumerate();
        deciding.map(|(repeat, exchange)| Place { case, step: &step.id, repeat, exchange })
    });
    places.collect()
}

/// Pastes lines and says what is not as the record has it, or as the answer is to be.
fn differs(
    lines: &[String],
    recorded: &Request,
    answer_differs: impl Fn(&Message) -> Option<String>,
    fixtures: &Fixtures,
    relay: &Relay,
) -> Option<String> {
    let mut variables = variables(fixtures);
    variables.insert("URL".to_owned(), relay.url.clone());
    let pasted = paste(lines, &variables);
    let complaint = pasted
        .stderr
        .lines()
        .find(|line| ["curl:", "Warning:", "sh:"].into_iter().any(|start| line.starts_with(start)));
    if let Some(complaint) = complaint {
        return Some(complaint.to_owned());
    }
    let Some((sent, got)) = relay.take_last() else { return Some("nothing was sent".to_owned()) };
    let secrets: Vec<(String, String)> =
        fixtures.secrets().into_iter().map(|(value, token)| (value, token.to_string())).collect();
    let values = Values { secrets: &secrets, hashes: &pasted.hashes };
    let is_shown =
        pasted.stdout.starts_with(got.start.as_bytes()) && pasted.stdout.ends_with(&got.body);
    request_differs(recorded, &sent, &values)
        .or_else(|| answer_differs(&got))
        .or_else(|| (!is_shown).then(|| "the answer is not what is shown".to_owned()))
}

/// Does something with each, on a few threads that have a relay each, and returns what is wrong.
fn wrong_of<T: Sync>(
    all: &[T],
    server: SocketAddr,
    check: impl Fn(&T, &Relay) -> Option<String> + Sync,
) -> Vec<String> {
    let next = Mutex::new(all.iter());
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let relay = Relay::start(server);
                loop {
                    let Some(one) = next.lock().expect("it is whole").next() else { break };
                    let found = check(one, &relay);
                    wrong.lock().expect("it is whole").extend(found);
                }
            });
        }
    });
    wrong.into_inner().expect("it is whole")
}

fn address_of(url: &str) -> SocketAddr {
    url.trim_start_matches("http://").parse().expect("an address")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_repeats_its_exchange() {
    if !is_tried() {
        return;
    }
    let server = Embedded::start(Behaviour::Faultless).await.expect("a port is free");
    let suite = suite();
    let (_stopper, stop) = never();
    let run = Run::of(Target::Url(server.url.clone(), server.fixtures.clone()));
    let findings = run.play(suite, stop, &|_| {}).await.expect("a run comes to findings");
    let cases: Vec<CaseRecord> = findings.cases.into_iter().map(|case| case.record).collect();
    let places = places(&cases);
    assert!(places.len() > 200, "{}", places.len());
    let check = |place: &Place<'_>, relay: &Relay| {
        let Place { case, step, repeat, exchange } = place;
        let lines = curl_with_setup(case, step, *repeat);
        let recorded = exchange.result.as_ref().expect("the faultless server answers");
        let answer = |got: &Message| {
            let found = answer_differs(recorded, got)?;
            let is_of_sibling = |sibling: &&Answer| answer_differs(sibling, got).is_none();
            (!arrived_together(suite, place).iter().any(is_of_sibling)).then_some(found)
        };
        let found = differs(&lines, &exchange.request, answer, &server.fixtures, relay)?;
        Some(format!("{} {step} {repeat}: {found}\n    {}", case.id, lines.join("\n    ")))
    };
    let wrong = wrong_of(&places, address_of(server.url.as_str()), check);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), places.len(), wrong.join("\n"));
}

/// The answers to the requests that were sent at the same moment as one of the same step. Which of
/// them the server took first, the record does not tell.
fn arrived_together<'a>(suite: &Suite, place: &Place<'a>) -> Vec<&'a Answer> {
    let case = suite.cases.iter().find(|case| case.id == place.case.id);
    let steps = case.map_or(&[][..], |case| &case.steps);
    if !steps.iter().any(|step| step.id == place.step && step.parallel) {
        return Vec::new();
    }
    let step = place.case.steps.iter().find(|step| step.id == place.step);
    step.into_iter()
        .flat_map(|step| step.deciding())
        .filter_map(|exchange| exchange.result.as_ref().ok())
        .collect()
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
    let address = listener.local_addr().expect("it is bound");
    let config = Config::faultless(accounts.clone());
    let server = tokio::spawn(serve(listener, config, std::future::pending()));
    let redactor = Redactor::new(&fixtures.secrets());
    let check = |account: &Account, relay: &Relay| {
        let request = sign_in(account, encoding, &redactor);
        let line = curl(&request);
        let answer = |got: &Message| {
            let is_granted = got.start.contains(" 200 ");
            (!is_granted).then(|| String::from_utf8_lossy(&got.body).into_owned())
        };
        let found = differs(std::slice::from_ref(&line), &request, answer, &fixtures, relay)?;
        Some(format!("{}: {found}\n    {line}", account.password))
    };
    let wrong = wrong_of(&accounts, address, check);
    server.abort();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), accounts.len(), wrong.join("\n"));
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
    let others = lines.take_while(|line| line.starts_with("              "));
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
    let mut variables = variables(&fixtures_read);
    let mut shown = |url: &str| {
        variables.insert("URL".to_owned(), url.to_owned());
        String::from_utf8(paste(&lines, &variables).stdout).expect("the server speaks UTF-8")
    };
    let answer = shown(&broken.url);
    let start = format!("HTTP/1.1 {status} ");
    assert!(answer.starts_with(&start) && answer.contains(body), "{answer}\n{lines:#?}");
    // The same lines are refused where nothing is broken.
    let faultless = Served::start(&["--fixtures", fixtures]);
    let answer = shown(&faultless.url);
    assert!(!answer.starts_with(&start) && !answer.contains(body), "{answer}\n{lines:#?}");
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
    let mut variables = variables(&read);
    variables.insert("HEADER_X_GATEWAY_KEY".to_owned(), KEY.to_owned());
    let before = server.seen().len();
    paste(&lines, &variables);
    let seen = server.seen();
    assert!(seen.len() > before, "{lines:#?}");
    for seen in seen {
        let sent = seen.asked.headers.get("x-gateway-key").map(String::as_str);
        assert_eq!(sent, Some(KEY), "{lines:#?}");
    }
}

//! A script of requests in which every departure ought to show.

use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::sleep;

use super::client::{Answer, Request, TestServer};
use crate::reference::{Account, demo};

/// Plays the script; each line tells how one request was answered.
pub(super) async fn play(server: &TestServer, lines: &UnboundedSender<String>) {
    let mut script = Script { server, lines, hashes: Vec::new() };
    script.basics().await;
    script.routes().await;
    script.calls_at_once().await;
    script.reads().await;
    script.other_sessions().await;
    script.bad_sign_ins().await;
    script.bad_hashes().await;
    script.open_points().await;
    script.rare_requests().await;
    script.sign_ins().await;
    script.logouts().await;
    script.repetitions().await;
}

/// A request for each way in which a hash may be sent to an action.
pub(super) fn by_every_encoding(action: &str, hash: &str) -> Vec<Request> {
    vec![
        Request::json(action, &json!({ "hash": hash }).to_string()),
        Request::form(action, &format!("hash={hash}")),
        Request::get(&format!("{action}?hash={hash}")),
        Request::post(&format!("{action}?hash={hash}")),
        Request::post(action).header(&format!("Authorization: NVX {hash}")),
        Request::json(action, "{}").header(&format!("Authorization: NVX {hash}")),
        Request::get(&format!("{action}/?hash={hash}")),
        Request::json(&format!("{action}/"), &json!({ "hash": hash }).to_string()),
    ]
}

/// The credentials of an account as a query or form body.
fn pairs(account: &Account) -> String {
    let [login, password] = [&account.login, &account.password].map(|text| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
    });
    format!("login={login}&password={password}")
}

fn body(login: &str, password: &str) -> String {
    json!({ "login": login, "password": password }).to_string()
}

struct Script<'a> {
    server: &'a TestServer,
    lines: &'a UnboundedSender<String>,
    /// Every hash that was handed out.
    hashes: Vec<String>,
}

impl Script<'_> {
    async fn request(&mut self, request: Request) -> Answer {
        let answer = self.server.send(&request).await;
        self.note(&request, &answer);
        answer
    }

    fn note(&mut self, request: &Request, answer: &Answer) {
        let body = String::from_utf8_lossy(&answer.body);
        let mut line = format!("{request} => {}\n{body}", answer.head);
        let hash = answer.hash();
        if !hash.is_empty() {
            let age = if self.hashes.contains(&hash) { "known" } else { "new" };
            line = format!("{age} hash: {}", line.replace(&hash, &shape(&hash)));
            self.hashes.push(hash);
        }
        let _ = self.lines.send(line);
    }

    async fn sign_in(&mut self, place: usize) -> String {
        let account = &demo().dealers[place];
        self.request(Request::json("auth", &body(&account.login, &account.password))).await.hash()
    }

    async fn read(&mut self, hash: &str) {
        self.request(Request::json("get_permissions", &json!({ "hash": hash }).to_string())).await;
    }

    async fn logout(&mut self, hash: &str) {
        self.request(Request::json("logout", &json!({ "hash": hash }).to_string())).await;
    }

    /// What most departures show in.
    async fn basics(&mut self) {
        let hash = self.sign_in(0).await;
        let other = self.sign_in(0).await;
        for action in ["get_permissions", "logout", "get_permissions", "logout"] {
            self.request(by_every_encoding(action, &hash).swap_remove(0)).await;
        }
        for encoding in 1..5 {
            self.request(by_every_encoding("get_permissions", &other).swap_remove(encoding)).await;
        }
        self.request(by_every_encoding("logout", &other).swap_remove(2)).await;
        self.request(by_every_encoding("get_permissions", &other).swap_remove(2)).await;
        self.request(Request::post("logout")).await;
        let blocked = &demo().blocked_dealers[0];
        for (login, password) in
            [("99", "x"), ("20410", "x"), ("20410", ""), (&*blocked.login, &*blocked.password)]
        {
            self.request(Request::json("auth", &body(login, password))).await;
        }
    }

    async fn sign_ins(&mut self) {
        let demo = demo();
        let first = self.sign_in(0).await;
        let second = self.sign_in(0).await;
        self.logout(&first).await;
        self.logout(&second).await;
        let minimal = self
            .request(Request::get(&format!("auth?{}", pairs(&demo.minimal_dealer))))
            .await
            .hash();
        self.read(&minimal).await;
        self.logout(&minimal).await;
        for account in demo.dealers.iter().chain(&demo.second_dealers).chain(&demo.blocked_dealers)
        {
            let json = json!({ "password": account.password, "login": account.login });
            for request in [
                Request::json("auth", &json.to_string()),
                Request::json("auth/", &format!("\n {json:#}")),
                Request::json(
                    "auth",
                    &json.to_string().replace('@', "\\u0040").replace('é', "\\u00e9"),
                ),
                Request::post("auth")
                    .header("Content-Type: application/json; charset=utf-8")
                    .body(&json.to_string()),
                Request::form("auth", &pairs(account)),
                Request::form("auth", &format!("hash=&{}", pairs(account))),
                Request::form("auth", &pairs(account).to_ascii_lowercase()),
                Request::post("auth")
                    .header("Content-Type: application/x-www-form-urlencoded; charset=UTF-8")
                    .body(&pairs(account)),
                Request::get(&format!("auth?{}", pairs(account))),
            ] {
                let hash = self.request(request).await.hash();
                self.read(&hash).await;
                self.request(Request::form("logout", &format!("hash={hash}"))).await;
                self.read(&hash).await;
            }
        }
    }

    async fn bad_sign_ins(&mut self) {
        for password in wrong_passwords(&demo().dealers[0]) {
            let hash = self.request(Request::json("auth", &body("20410", &password))).await.hash();
            self.read(&hash).await;
        }
        let wrong = Account { password: "X".to_owned(), ..demo().dealers[1].clone() };
        self.request(Request::form("auth", &pairs(&wrong))).await;
        self.request(Request::get(&format!("auth?{}", pairs(&wrong)))).await;
        self.request(Request::json("auth", &body("20610", "X"))).await;
        for login in ["99", "2041", "204100", "0020410", "2041%", "20410' OR '1'='1", "nobody"] {
            self.request(Request::json("auth", &body(login, "é12f@14Y$"))).await;
        }
        for password in
            [json!(null), json!(true), json!(1), json!(["x"]), json!({ "$ne": "" }), json!("")]
        {
            self.request(Request::json(
                "auth",
                &json!({ "login": "20410", "password": password }).to_string(),
            ))
            .await;
        }
        for text in
            ["", "{}", "[]", "null", "{\"login\"", r#"{"login":20410,"password":"é12f@14Y$"}"#]
        {
            self.request(Request::json("auth", text)).await;
        }
        self.request(Request::json("auth", r#"{"login":"20410"}"#)).await;
        self.request(Request::json(
            "auth",
            &json!({ "login": "20410", "password": "é12f@14Y$", "x": 1 }).to_string(),
        ))
        .await;
    }

    async fn reads(&mut self) {
        let demo = demo();
        let first = self.sign_in(2).await;
        let second =
            self.request(Request::form("auth", &pairs(&demo.second_dealers[0]))).await.hash();
        for hash in [&first, &second] {
            for action in by_every_encoding("get_permissions", hash) {
                self.request(action).await;
            }
        }
        self.read(&first).await;
    }

    async fn bad_hashes(&mut self) {
        let hash = self.sign_in(3).await;
        for action in ["get_permissions", "logout"] {
            for near in similar_hashes(&hash) {
                for request in by_every_encoding(action, &near).into_iter().take(3) {
                    self.request(request).await;
                }
            }
            for value in [json!(null), json!(1), json!([hash]), json!({})] {
                self.request(Request::json(action, &json!({ "hash": value }).to_string())).await;
            }
            self.request(Request::post(action)).await;
            self.request(Request::get(action)).await;
            self.request(Request::post(action).header(&format!("Authorization: NVX{hash}"))).await;
        }
        self.read(&hash).await;
        let mut connection = self.server.connect().await;
        let account = &demo().dealers[3];
        let request = Request::json("auth", &body(&account.login, &account.password));
        let answer = connection.send(&request).await;
        self.note(&request, &answer);
        let answer = connection.send(&Request::post("get_permissions")).await;
        self.note(&Request::post("get_permissions"), &answer);
    }

    async fn logouts(&mut self) {
        for encoding in [0, 1, 2, 3, 4, 7] {
            let hash = self.sign_in(0).await;
            self.request(by_every_encoding("get_permissions", &hash).swap_remove(2)).await;
            self.request(by_every_encoding("logout", &hash).swap_remove(encoding)).await;
            for request in by_every_encoding("get_permissions", &hash)
                .into_iter()
                .chain(by_every_encoding("logout", &hash))
            {
                self.request(request).await;
            }
            self.read(&hash).await;
            let again = self.sign_in(0).await;
            self.read(&hash).await;
            let stale =
                json!({ "login": "20410", "password": "é12f@14Y$", "hash": hash }).to_string();
            self.request(Request::json("auth", &stale)).await;
            self.logout(&again).await;
        }
        self.logout_on_one_connection().await;
        let hash = self.sign_in(0).await;
        self.logout(&hash).await;
        sleep(Duration::from_millis(100)).await;
        self.read(&hash).await;
    }

    async fn logout_on_one_connection(&mut self) {
        let mut connection = self.server.connect().await;
        let account = &demo().dealers[1];
        let sign_in = Request::json("auth", &body(&account.login, &account.password));
        let answer = connection.send(&sign_in).await;
        self.note(&sign_in, &answer);
        let hash = answer.hash();
        for action in ["get_permissions", "logout", "get_permissions"] {
            let request = by_every_encoding(action, &hash).swap_remove(0);
            let answer = connection.send(&request).await;
            self.note(&request, &answer);
        }
    }

    async fn other_sessions(&mut self) {
        for encoding in [0, 2] {
            let form = Request::form("auth", &pairs(&demo().dealers[1]));
            let sessions = [
                self.sign_in(1).await,
                self.sign_in(1).await,
                self.sign_in(1).await,
                self.request(form).await.hash(),
                self.sign_in(2).await,
            ];
            self.read(&sessions[0]).await;
            self.read(&sessions[1]).await;
            self.request(by_every_encoding("logout", &sessions[1]).swap_remove(encoding)).await;
            for hash in &sessions {
                self.read(hash).await;
            }
            self.request(Request::json("auth", &body("20411", "wrong"))).await;
            self.read(&"0".repeat(32)).await;
            for hash in &sessions {
                self.read(hash).await;
                self.logout(hash).await;
            }
        }
    }

    async fn repetitions(&mut self) {
        let hash = self.sign_in(0).await;
        for _ in 0..18 {
            self.read(&hash).await;
        }
        sleep(Duration::from_millis(260)).await;
        self.read(&hash).await;
    }

    async fn calls_at_once(&mut self) {
        let account = &demo().dealers[0];
        let sign_in = Request::json("auth", &body(&account.login, &account.password));
        let answers = self.at_once(&sign_in).await;
        for answer in &answers {
            self.read(&answer.hash()).await;
        }
        let hash = answers[0].hash();
        self.at_once(&by_every_encoding("get_permissions", &hash)[0]).await;
        self.at_once(&by_every_encoding("get_permissions", "0")[0]).await;
        self.at_once(&Request::json("auth", &body("nobody", "nothing"))).await;
        let answers = self.at_once(&by_every_encoding("logout", &hash)[0]).await;
        let successes = answers.iter().filter(|answer| answer.status == 200).count();
        let _ = self.lines.send(format!("{successes} logouts at once succeed"));
    }

    /// What is right, but seldom sent.
    async fn rare_requests(&mut self) {
        let account = &demo().dealers[0];
        let hash = self.sign_in(0).await;
        for password in ["X", &account.password] {
            let beside = json!({ "login": account.login, "password": password, "hash": hash });
            self.request(Request::json("auth", &beside.to_string())).await;
            self.read(&hash).await;
        }
        self.request(Request::json("get_permissions", &format!(r#"{{"h\u0061sh":"{hash}"}}"#)))
            .await;
        let request = by_every_encoding("get_permissions", &hash).swap_remove(0);
        self.request(request.header("User-Agent: another")).await;
        self.request(Request::json("auth", &body("nobody \"𝄞\"", "x"))).await;
        self.request(Request::json("auth", &body("nobody", &"x".repeat(73)))).await;
        let mut connection = self.server.connect().await;
        for request in [body(&account.login, &account.password), body("nobody", "x")] {
            let request = Request::json("auth", &request);
            let answer = connection.send(&request).await;
            self.note(&request, &answer);
        }
    }

    /// Sends a request three times at once; the answers are noted in no particular order.
    async fn at_once(&mut self, request: &Request) -> Vec<Answer> {
        let (one, two, three) = tokio::join!(
            self.server.send(request),
            self.server.send(request),
            self.server.send(request)
        );
        let mut answers = vec![one, two, three];
        answers.sort_by_key(|answer| answer.status);
        for answer in &answers {
            self.note(request, answer);
        }
        answers
    }

    async fn routes(&mut self) {
        let hash = self.sign_in(0).await;
        self.request(Request::post("nosuch")).await;
        self.request(Request::get("nosuch")).await;
        let account = &demo().dealers[0];
        self.request(
            Request::json("auth", &body(&account.login, &account.password))
                .at("/panel/nosuch/auth"),
        )
        .await;
        for method in ["PUT", "DELETE", "HEAD", "OPTIONS"] {
            self.request(Request::new(method, &format!("logout?hash={hash}"))).await;
            self.read(&hash).await;
        }
        let expired = demo().expired_hash;
        self.read(&expired).await;
        self.logout(&expired).await;
    }

    /// What the contract leaves open.
    async fn open_points(&mut self) {
        let account = &demo().dealers[0];
        let hash = self.sign_in(0).await;
        self.read(&hash.to_ascii_uppercase()).await;
        let none = "0".repeat(32);
        let header = format!("Authorization: NVX {none}");
        let both = Request::json(
            &format!("get_permissions?hash={none}"),
            &json!({ "hash": hash }).to_string(),
        );
        self.request(both.clone()).await;
        self.request(both.header(&header)).await;
        self.request(Request::get(&format!("get_permissions?hash={hash}")).header(&header)).await;
        self.request(Request::get("get_permissions").header(&format!("Authorization: nvx {hash}")))
            .await;
        self.request(Request::get("get_permissions").body(&json!({ "hash": hash }).to_string()))
            .await;
        self.request(
            Request::get(&format!("get_permissions?hash={hash}")).header("Accept-Encoding: gzip"),
        )
        .await;
        self.request(Request::json("auth", &body(" 20410 ", &account.password))).await;
        self.request(Request::json("auth", &body("20410", &format!(" {} ", account.password))))
            .await;
        self.request(Request::form("auth", &pairs(&demo().dealers[1]).replace("%20", "+"))).await;
        self.request(Request::json("auth", &body("20410", &"x".repeat(300_000)))).await;
    }
}

/// What two hashes of one kind have in common.
fn shape(hash: &str) -> String {
    let digit = |digit: char| match digit {
        '0'..='9' | 'a'..='f' => '0',
        'A'..='F' => 'A',
        other => other,
    };
    hash.chars().map(digit).collect()
}

/// Passwords that come near to the right one, and some that are right elsewhere.
fn wrong_passwords(account: &Account) -> Vec<String> {
    let right = &account.password;
    let length = right.chars().count();
    let mut reversed: String = right.chars().rev().collect();
    reversed.insert(0, 'x');
    vec![
        "wrong".to_owned(),
        "Y".repeat(length),
        right.to_lowercase(),
        right.chars().take(3).collect(),
        right.chars().skip(3).collect(),
        right.chars().skip(1).collect(),
        right.chars().take(length - 1).collect(),
        format!("{right}x"),
        format!("x{right}x"),
        format!("{right}\0x"),
        right.replace(['@', '$'], ""),
        right.replace('4', "5"),
        reversed[1..].to_owned(),
        "%".to_owned(),
        "' OR '1'='1".to_owned(),
        account.login.clone(),
        demo().second_dealers[0].password.clone(),
    ]
}

/// Hashes that come near to a real one, and some that do not.
fn similar_hashes(hash: &str) -> Vec<String> {
    if hash.len() < 32 || !hash.is_ascii() {
        return vec![String::new()];
    }
    let reversed: String = hash.chars().rev().collect();
    let other = |digit: &str| if digit == "0" { "1" } else { "0" };
    vec![
        "0".repeat(32),
        "zzz".to_owned(),
        String::new(),
        hash[..31].to_owned(),
        hash[1..].to_owned(),
        format!("{hash}0"),
        format!("0{hash}"),
        format!("{}{}", &hash[..16], "0".repeat(16)),
        format!("{}{}", "0".repeat(16), &hash[16..]),
        format!("{}{}", &hash[..31], other(&hash[31..])),
        format!("{}{}", other(&hash[..1]), &hash[1..]),
        reversed,
    ]
}

//! The faultless server keeps the contract.

use std::time::Duration;

use serde_json::json;

use super::client::{Answer, Connection, Request, TestServer};
use crate::reference::{Behaviour, Config, demo, demo_accounts, departure};

const GOOD: &str = r#"{"login": "20410", "password": "é12f@14Y$"}"#;

async fn start() -> TestServer {
    TestServer::start(Behaviour::FAULTLESS).await
}

async fn sign_in(server: &TestServer) -> String {
    let answer = server.send(&Request::json("auth", GOOD)).await;
    assert_eq!(answer.verdict(), (200, 0), "{answer:?}");
    answer.hash()
}

/// A request for each way in which a hash may be sent to an action.
fn by_every_encoding(action: &str, hash: &str) -> Vec<Request> {
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

#[track_caller]
fn check(answer: &Answer, status: u16, code: u64) {
    assert_eq!(answer.verdict(), (status, code), "{}", String::from_utf8_lossy(&answer.body));
    assert!(answer.head.contains("content-type: application/json"), "{}", answer.head);
}

#[tokio::test]
async fn signing_in_answers_as_documented() {
    let server = start().await;
    let answer = server.send(&Request::json("auth", GOOD)).await;
    check(&answer, 200, 0);
    let hash = answer.hash();
    assert!(
        hash.len() == 32 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
        "{hash}"
    );
    let permissions = demo().dealers[0].permissions.clone();
    assert_eq!(answer.json(), json!({ "hash": hash, "success": true, "permissions": permissions }));
    server.stop().await;
}

#[tokio::test]
async fn every_account_signs_in_by_every_encoding() {
    let server = start().await;
    for account in demo_accounts().iter().filter(|account| !account.blocked) {
        let [login, password] = [&account.login, &account.password].map(|text| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
        });
        let pairs = format!("hash=&login={login}&password={password}&more=1");
        let body = json!({ "password": account.password, "login": account.login, "hash": null, "more": [1] });
        let escaped = body.to_string().replace('@', "\\u0040");
        for request in [
            Request::json("auth", &body.to_string()),
            Request::json("auth/", &escaped),
            Request::post("auth")
                .header("Content-Type: Application/JSON; charset=UTF-8")
                .body(&escaped),
            Request::post("auth").header("Content-Type: text/plain").body(&escaped),
            Request::form("auth", &pairs),
            Request::post("auth")
                .header("Content-Type: application/x-www-form-urlencoded; charset=UTF-8")
                .body(&pairs),
            Request::post(&format!("auth?{pairs}")),
            Request::get(&format!("auth/?{pairs}")),
            Request::json("auth", &body.to_string()).at("/panel/account/auth"),
        ] {
            let answer = server.send(&request).await;
            check(&answer, 200, 0);
            assert_eq!(answer.json()["permissions"], json!(account.permissions));
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_session_lives_until_it_is_ended_by_any_encoding() {
    let server = start().await;
    for encoding in 0..8 {
        let hash = sign_in(&server).await;
        let other = sign_in(&server).await;
        for request in by_every_encoding("get_permissions", &hash) {
            let answer = server.send(&request).await;
            check(&answer, 200, 0);
            assert_eq!(
                answer.json(),
                json!({ "success": true, "permissions": demo().dealers[0].permissions })
            );
        }
        let answer = server.send(&by_every_encoding("logout", &hash)[encoding]).await;
        check(&answer, 200, 0);
        assert_eq!(answer.json(), json!({ "success": true }));
        for request in by_every_encoding("get_permissions", &hash)
            .iter()
            .chain(&by_every_encoding("logout", &hash))
        {
            check(&server.send(request).await, 400, 4);
        }
        check(&server.send(&by_every_encoding("get_permissions", &other)[encoding]).await, 200, 0);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_refused_sign_in_has_the_code_of_its_trouble() {
    let server = start().await;
    for (body, status, code) in [
        (r#"{"login":"99999","password":"x"}"#, 400, 12),
        (r#"{"login":"20410","password":"12f@14y$"}"#, 400, 12),
        (r#"{"login":"20610","password":"Gesperrt+1=é"}"#, 403, 11),
        (r#"{"login":"20610","password":"x"}"#, 400, 12),
        (r#"{"login":20410,"password":"é12f@14Y$"}"#, 400, 7),
        (r#"{"login":"20410","password":["é12f@14Y$"]}"#, 400, 7),
        (r#"{"login":"20410","password":null}"#, 400, 7),
        (r#"{"login":"","password":"é12f@14Y$"}"#, 400, 7),
        (r#"{"login":"20410""#, 400, 5),
        (r#"["20410","é12f@14Y$"]"#, 400, 5),
        ("null", 400, 5),
        ("", 400, 7),
        ("{}", 400, 7),
    ] {
        let answer = server.send(&Request::json("auth", body)).await;
        check(&answer, status, code);
        let answer = answer.json();
        assert_eq!(answer["success"], json!(false));
        assert!(answer["status"]["description"].is_string());
        assert_eq!(answer["errors"].is_array(), code == 7, "{answer}");
        assert!(
            !answer.to_string().contains("20410") && !answer.to_string().contains("12f"),
            "{answer}"
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn code_7_blames_every_parameter_that_is_wrong() {
    let server = start().await;
    let answer = server.send(&Request::json("auth", r#"{"password":""}"#)).await;
    let expected = json!([
        { "parameter": "login", "error": "is required" },
        { "parameter": "password", "error": "must not be empty" },
    ]);
    assert_eq!(answer.json()["errors"], expected);
    server.stop().await;
}

#[tokio::test]
async fn a_hash_that_is_no_session_has_the_code_of_its_trouble() {
    let server = start().await;
    let hash = sign_in(&server).await;
    let longer = format!("{hash}0");
    let expired = demo().expired_hash;
    for action in ["get_permissions", "logout"] {
        for (given, code) in [
            ("", 3),
            ("not-a-hash", 3),
            (&*"0".repeat(32), 4),
            (&hash[1..], 4),
            (&longer, 4),
            (&expired, 4),
        ] {
            for request in by_every_encoding(action, given) {
                check(&server.send(&request).await, 400, code);
            }
        }
        check(&server.send(&Request::post(action)).await, 400, 3);
        check(&server.send(&Request::get(action)).await, 400, 3);
        check(
            &server.send(&Request::post(action).header(&format!("Authorization: NVX{hash}"))).await,
            400,
            3,
        );
        check(&server.send(&Request::json(action, r#"{"hash":12}"#)).await, 400, 7);
    }
    check(&server.send(&Request::get(&format!("logout?hash={hash}"))).await, 200, 0);
    server.stop().await;
}

#[tokio::test]
async fn the_body_takes_precedence_over_the_query_and_the_query_over_the_header() {
    let server = start().await;
    let hash = sign_in(&server).await;
    let body = json!({ "hash": hash }).to_string();
    let wrong = "0".repeat(32);
    check(
        &server.send(&Request::json(&format!("get_permissions?hash={wrong}"), &body)).await,
        200,
        0,
    );
    let header = format!("Authorization: NVX {wrong}");
    check(
        &server.send(&Request::get(&format!("get_permissions?hash={hash}")).header(&header)).await,
        200,
        0,
    );
    server.stop().await;
}

#[tokio::test]
async fn what_is_not_offered_is_refused() {
    let server = start().await;
    check(&server.send(&Request::post("login")).await, 400, 111);
    check(&server.send(&Request::json("auth", GOOD).at("/v2/panel/accounts/auth")).await, 400, 111);
    check(&server.send(&Request::json("auth", GOOD).at("/")).await, 400, 111);
    for method in ["PUT", "PATCH", "DELETE", "OPTIONS"] {
        check(&server.send(&Request::new(method, "auth")).await, 400, 112);
    }
    assert_eq!(server.send(&Request::new("HEAD", "auth")).await.status, 400);
    let hash = sign_in(&server).await;
    assert_eq!(
        server.send(&Request::new("HEAD", &format!("logout?hash={hash}"))).await.status,
        400
    );
    check(&server.send(&Request::get(&format!("get_permissions?hash={hash}"))).await, 200, 0);
    server.stop().await;
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let server = start().await;
    let padding = "x".repeat(300_000);
    let answer =
        server.send(&Request::json("auth", &json!({ "login": padding }).to_string())).await;
    assert_eq!(answer.verdict(), (412, 9));
    server.stop().await;
}

#[tokio::test]
async fn a_session_expires_with_its_lifetime() {
    let config = Config { session_lifetime: Duration::ZERO, ..Config::faultless(demo_accounts()) };
    let server = TestServer::start_with(config).await;
    let hash = sign_in(&server).await;
    check(&server.send(&Request::get(&format!("get_permissions?hash={hash}"))).await, 400, 4);
    server.stop().await;
}

#[tokio::test]
async fn one_connection_serves_many_calls() {
    let server = start().await;
    let mut connection: Connection = server.connect().await;
    let hash = connection.send(&Request::json("auth", GOOD)).await.hash();
    for request in by_every_encoding("get_permissions", &hash) {
        check(&connection.send(&request).await, 200, 0);
    }
    server.stop().await;
}

#[tokio::test]
async fn stopping_does_not_wait_for_idle_or_hanging_connections() {
    let idle = start().await;
    let mut connection = idle.connect().await;
    check(&connection.send(&Request::json("auth", GOOD)).await, 200, 0);
    idle.stop().await;
    let silent = TestServer::start(departure("silence").expect("there is one")).await;
    let mut connection = silent.connect().await;
    let request = Request::json("auth", GOOD);
    let answer = tokio::time::timeout(Duration::from_millis(200), connection.send(&request)).await;
    assert!(answer.is_err(), "it is silent");
    silent.stop().await;
}

#[test]
fn a_password_is_not_printed() {
    let shown = format!("{:?}", demo());
    assert!(demo_accounts().iter().all(|account| !shown.contains(&account.password)), "{shown}");
}

//! The faultless server keeps the contract.

use std::time::Duration;

use serde_json::json;

use super::client::{Answer, Ask, Host, Line};
use super::script::every_way;
use crate::reference::{Behaviour, Config, demo, demo_accounts, departure};

const GOOD: &str = r#"{"login": "20410", "password": "é12f@14Y$"}"#;

async fn host() -> Host {
    Host::start(Behaviour::FAULTLESS).await
}

async fn sign_in(host: &Host) -> String {
    let answer = host.send(&Ask::json("auth", GOOD)).await;
    assert_eq!(answer.verdict(), (200, 0), "{answer:?}");
    answer.hash()
}

#[track_caller]
fn check(answer: &Answer, status: u16, code: u64) {
    assert_eq!(answer.verdict(), (status, code), "{}", String::from_utf8_lossy(&answer.body));
    assert!(answer.head.contains("content-type: application/json"), "{}", answer.head);
}

#[tokio::test]
async fn signing_in_answers_as_documented() {
    let host = host().await;
    let answer = host.send(&Ask::json("auth", GOOD)).await;
    check(&answer, 200, 0);
    let hash = answer.hash();
    assert!(
        hash.len() == 32 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
        "{hash}"
    );
    let permissions = demo().dealers[0].permissions.clone();
    assert_eq!(answer.json(), json!({ "hash": hash, "success": true, "permissions": permissions }));
    host.stop().await;
}

#[tokio::test]
async fn every_account_signs_in_by_every_encoding() {
    let host = host().await;
    for account in demo_accounts().iter().filter(|account| !account.blocked) {
        let [login, password] = [&account.login, &account.password].map(|text| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
        });
        let pairs = format!("hash=&login={login}&password={password}&more=1");
        let body = json!({ "password": account.password, "login": account.login, "hash": null, "more": [1] });
        let escaped = body.to_string().replace('@', "\\u0040");
        for ask in [
            Ask::json("auth", &body.to_string()),
            Ask::json("auth/", &escaped),
            Ask::post("auth")
                .header("Content-Type: Application/JSON; charset=UTF-8")
                .body(&escaped),
            Ask::post("auth").header("Content-Type: text/plain").body(&escaped),
            Ask::form("auth", &pairs),
            Ask::post("auth")
                .header("Content-Type: application/x-www-form-urlencoded; charset=UTF-8")
                .body(&pairs),
            Ask::post(&format!("auth?{pairs}")),
            Ask::get(&format!("auth/?{pairs}")),
            Ask::json("auth", &body.to_string()).at("/panel/account/auth"),
        ] {
            let answer = host.send(&ask).await;
            check(&answer, 200, 0);
            assert_eq!(answer.json()["permissions"], json!(account.permissions));
        }
    }
    host.stop().await;
}

#[tokio::test]
async fn a_session_lives_until_it_is_ended_by_any_encoding() {
    let host = host().await;
    for way in 0..8 {
        let hash = sign_in(&host).await;
        let other = sign_in(&host).await;
        for ask in every_way("get_permissions", &hash) {
            let answer = host.send(&ask).await;
            check(&answer, 200, 0);
            assert_eq!(
                answer.json(),
                json!({ "success": true, "permissions": demo().dealers[0].permissions })
            );
        }
        let answer = host.send(&every_way("logout", &hash)[way]).await;
        check(&answer, 200, 0);
        assert_eq!(answer.json(), json!({ "success": true }));
        for ask in every_way("get_permissions", &hash).iter().chain(&every_way("logout", &hash)) {
            check(&host.send(ask).await, 400, 4);
        }
        check(&host.send(&every_way("get_permissions", &other)[way]).await, 200, 0);
    }
    host.stop().await;
}

#[tokio::test]
async fn a_refused_sign_in_has_the_code_of_its_trouble() {
    let host = host().await;
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
        let answer = host.send(&Ask::json("auth", body)).await;
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
    host.stop().await;
}

#[tokio::test]
async fn code_7_blames_every_parameter_that_is_wrong() {
    let host = host().await;
    let answer = host.send(&Ask::json("auth", r#"{"password":""}"#)).await;
    let expected = json!([
        { "parameter": "login", "error": "is required" },
        { "parameter": "password", "error": "must not be empty" },
    ]);
    assert_eq!(answer.json()["errors"], expected);
    host.stop().await;
}

#[tokio::test]
async fn a_hash_that_is_no_session_has_the_code_of_its_trouble() {
    let host = host().await;
    let hash = sign_in(&host).await;
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
            for ask in every_way(action, given) {
                check(&host.send(&ask).await, 400, code);
            }
        }
        check(&host.send(&Ask::post(action)).await, 400, 3);
        check(&host.send(&Ask::get(action)).await, 400, 3);
        check(
            &host.send(&Ask::post(action).header(&format!("Authorization: NVX{hash}"))).await,
            400,
            3,
        );
        check(&host.send(&Ask::json(action, r#"{"hash":12}"#)).await, 400, 7);
    }
    check(&host.send(&Ask::get(&format!("logout?hash={hash}"))).await, 200, 0);
    host.stop().await;
}

#[tokio::test]
async fn the_body_takes_precedence_over_the_query_and_the_query_over_the_header() {
    let host = host().await;
    let hash = sign_in(&host).await;
    let body = json!({ "hash": hash }).to_string();
    let wrong = "0".repeat(32);
    check(&host.send(&Ask::json(&format!("get_permissions?hash={wrong}"), &body)).await, 200, 0);
    let header = format!("Authorization: NVX {wrong}");
    check(
        &host.send(&Ask::get(&format!("get_permissions?hash={hash}")).header(&header)).await,
        200,
        0,
    );
    host.stop().await;
}

#[tokio::test]
async fn what_is_not_offered_is_refused() {
    let host = host().await;
    check(&host.send(&Ask::post("login")).await, 400, 111);
    check(&host.send(&Ask::json("auth", GOOD).at("/v2/panel/accounts/auth")).await, 400, 111);
    check(&host.send(&Ask::json("auth", GOOD).at("/")).await, 400, 111);
    for method in ["PUT", "PATCH", "DELETE", "OPTIONS"] {
        check(&host.send(&Ask::new(method, "auth")).await, 400, 112);
    }
    assert_eq!(host.send(&Ask::new("HEAD", "auth")).await.status, 400);
    let hash = sign_in(&host).await;
    assert_eq!(host.send(&Ask::new("HEAD", &format!("logout?hash={hash}"))).await.status, 400);
    check(&host.send(&Ask::get(&format!("get_permissions?hash={hash}"))).await, 200, 0);
    host.stop().await;
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let host = host().await;
    let padding = "x".repeat(300_000);
    let answer = host.send(&Ask::json("auth", &json!({ "login": padding }).to_string())).await;
    assert_eq!(answer.verdict(), (412, 9));
    host.stop().await;
}

#[tokio::test]
async fn a_session_expires_with_its_lifetime() {
    let config = Config { session_lifetime: Duration::ZERO, ..Config::faultless(demo_accounts()) };
    let host = Host::start_with(config).await;
    let hash = sign_in(&host).await;
    check(&host.send(&Ask::get(&format!("get_permissions?hash={hash}"))).await, 400, 4);
    host.stop().await;
}

#[tokio::test]
async fn one_connection_serves_many_calls() {
    let host = host().await;
    let mut line: Line = host.connect().await;
    let hash = line.send(&Ask::json("auth", GOOD)).await.hash();
    for ask in every_way("get_permissions", &hash) {
        check(&line.send(&ask).await, 200, 0);
    }
    host.stop().await;
}

#[tokio::test]
async fn stopping_does_not_wait_for_idle_or_hanging_connections() {
    let idle = host().await;
    let mut line = idle.connect().await;
    check(&line.send(&Ask::json("auth", GOOD)).await, 200, 0);
    idle.stop().await;
    let silent = Host::start(departure("silence").unwrap()).await;
    let mut line = silent.connect().await;
    assert_eq!(line.send(&Ask::json("auth", GOOD)).await.status, 0);
    silent.stop().await;
}

#[test]
fn a_password_is_not_printed() {
    let shown = format!("{:?}", demo());
    assert!(demo_accounts().iter().all(|account| !shown.contains(&account.password)), "{shown}");
}

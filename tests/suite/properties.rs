//! What holds of every answer, tried with answers that nobody would think of: they can be judged and
//! told without a panic, and what is cut out of them for secrecy changes nothing else.
//!
//! The same answers in every run: the seed is fixed, and no file is written.

use std::collections::BTreeMap;
use std::time::Duration;

use panel_conformance::internals::{Recording, Redactor, Source, encoding, parse_yaml};
use panel_conformance::{Answer, Defect, NoAnswer, Obstacle, Unreachable};
use proptest::prelude::{
    Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use serde_json::{Map, Value};

use crate::support::fuzzed::{FINDINGS, MARKUP, check_judged, exchanges};
use crate::support::random::config;
use crate::support::spelling::{disguises, spellings};

/// A number in any spelling of JSON.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        "-?(0|[1-9][0-9]{0,2})",
        "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?",
        Just("1e400".to_owned()),
        Just("9007199254740993".to_owned()),
    ]
}

/// A string literal, with escapes that need not be there and halves of surrogate pairs.
fn literal() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        8 => "[ -!#-\\[\\]-~é日😀«»‹›]",
        1 => "\\\\(u[0-9a-fA-F]{4}|[bfnrt\"/\\\\])",
    ];
    prop::collection::vec(character, 0..12).prop_map(|all| format!("\"{}\"", all.concat()))
}

/// The text of a JSON value, in which `leaf` is one of the leaves.
fn json(leaf: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
    let word = prop_oneof![Just("null"), Just("true"), Just("false")].prop_map(str::to_owned);
    let name = prop_oneof![
        literal(),
        prop_oneof![Just("hash"), Just("success"), Just("status"), Just("code"), Just("x")]
            .prop_map(|name| format!("\"{name}\"")),
    ];
    let leaf = prop_oneof![word, number(), literal(), leaf];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        let member = (name.clone(), inner.clone()).prop_map(|(name, it)| format!("{name} :{it}"));
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(|all| format!("[{}]", all.join(" ,"))),
            prop::collection::vec(member, 0..5).prop_map(|all| format!("{{{}\n}}", all.join(","))),
        ]
    })
}

fn answer() -> impl Strategy<Value = Answer> {
    let body = prop_oneof![
        json(Just("\"«hash 1»\"".to_owned())).prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..60),
        (json(Just("{\"code\":12.0}".to_owned())), 0..40_usize).prop_map(|(text, cut)| {
            let bytes = text.into_bytes();
            bytes[..cut.min(bytes.len())].to_vec()
        }),
    ];
    let header = ("(content-type|location|x-y)", "[ -~é«»]{0,20}");
    let defect = prop_oneof![
        6 => Just(None),
        1 => Just(Some(Defect::CutShort)),
        1 => ".{0,6}".prop_map(|coding| Some(Defect::NotAccepted(coding))),
    ];
    (100..600_u16, prop::collection::vec(header, 0..4), body, defect)
        .prop_map(|(status, headers, body, defect)| Answer { status, headers, body, defect })
}

/// What each format has to keep from its readers, or from itself.
fn hostile() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        MARKUP,
        "]]>",
        "-->",
        "&amp;&#0;",
        "\u{1b}[2J\u{1b}]0;owned\u{7}",
        "\u{9b}31m",
        "\u{202e}",
        "\u{fffe}\u{ffff}",
        "\u{0}",
        "\r\n::error::injected",
        "$(id)`id`${HOME}",
        "'; id; \"",
        "| a | b |\n|---|---|",
        "```\n# a",
        "«hash 99»",
        "%0A%0D",
    ])
    .prop_map(str::to_owned)
}

/// An answer with something hostile in each of its places.
fn hostile_answer() -> impl Strategy<Value = Answer> {
    let quoted = || hostile().prop_map(|text| Value::from(text).to_string());
    let body = prop_oneof![
        json(quoted()),
        quoted().prop_map(|text| {
            format!("{{\"success\":false,\"status\":{{\"code\":{text},\"description\":{text}}},{text}:1}}")
        }),
        quoted().prop_map(|text| {
            format!("{{\"success\":true,\"hash\":{text},\"permissions\":{{{text}:[{text}]}}}}")
        }),
        hostile(),
    ];
    let header = prop_oneof![
        (Just("content-type".to_owned()), hostile()),
        (Just("location".to_owned()), hostile()),
        (Just("x-y".to_owned()), hostile()),
    ];
    let defect = prop_oneof![
        3 => Just(None),
        1 => hostile().prop_map(|coding| Some(Defect::NotAccepted(coding))),
        1 => hostile().prop_map(|coding| Some(Defect::Undecodable(coding))),
    ];
    let status = prop_oneof![Just(200), Just(400), Just(302), 0..1000_u16];
    (status, prop::collection::vec(header, 0..4), body, defect).prop_map(
        |(status, headers, body, defect)| Answer {
            status,
            headers,
            body: body.into_bytes(),
            defect,
        },
    )
}

/// What may become of a request.
fn result() -> impl Strategy<Value = Result<Answer, NoAnswer>> {
    let unreachable = |detail| Unreachable { obstacle: Obstacle::Other, detail };
    prop_oneof![
        4 => answer().prop_map(Ok),
        4 => hostile_answer().prop_map(Ok),
        1 => hostile().prop_map(|why| Err(NoAnswer::Broken(why))),
        1 => hostile().prop_map(move |why| Err(NoAnswer::Unreachable(unreachable(why)))),
        1 => any::<u32>().prop_map(|ms| Err(NoAnswer::TimedOut(Duration::from_millis(ms.into())))),
        1 => any::<u32>().prop_map(|bytes| Err(NoAnswer::TooLarge(bytes as usize))),
    ]
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn every_answer_can_be_judged_and_told(
        case in any::<prop::sample::Index>(),
        results in prop::collection::vec(result(), 1..5),
        is_trusted: bool,
    ) {
        let findings = &*FINDINGS;
        let id = &findings.cases[case.index(findings.cases.len())].record.id;
        let mut recording = findings.recording();
        recording.trusts_fixtures = is_trusted;
        recording.cases.retain(|case| case.id == *id);
        for (exchange, result) in exchanges(&mut recording).zip(results) {
            exchange.result = result;
        }
        let written = serde_json::to_string(&recording).expect("it can be written");
        let mut read: Recording = serde_json::from_str(&written).expect("it can be read");
        let results = |of: &mut Recording| -> Vec<_> {
            exchanges(of).map(|exchange| exchange.result.clone()).collect()
        };
        prop_assert_eq!(results(&mut read), results(&mut recording));
        check_judged(findings, &recording);
    }
}

/// What cannot stand in a text by chance, nor be a part of a token.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ABCXYZ]{4}[0189@$%&+/é\"\\\\<' 日ABCXYZ]{3,9}Q",
        "[1-9][0-9]{13,20}",
        "q[0-9a-f]{20,31}",
    ]
}

/// A secret in a spelling in which a server might send it back.
fn spelt(secret: &str) -> impl Strategy<Value = String> + use<> {
    let quoted = |text: &str| Value::from(text).to_string();
    let percent = percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC);
    let escaped: String = secret.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let inside = quoted(&format!("{{\"e\":{}}}", quoted(secret)));
    let number = if secret.bytes().all(|byte| byte.is_ascii_digit()) { secret } else { "7" };
    prop::sample::select(vec![
        quoted(secret),
        quoted(&format!("no {secret}, no")),
        quoted(&percent.to_string()),
        quoted(&quoted(&percent.to_string())),
        format!("\"é{escaped}\\ud800\""),
        format!("{{{}:1}}", quoted(secret)),
        inside.clone(),
        quoted(&inside),
        number.to_owned(),
        format!("-{number}.0"),
    ])
}

fn sprinkled() -> impl Strategy<Value = (Vec<String>, String)> {
    prop::collection::vec(secret(), 1..4).prop_flat_map(|secrets| {
        let spellings: Vec<_> = secrets.iter().map(|secret| spelt(secret)).collect();
        let leaf = (0..secrets.len(), spellings).prop_map(|(index, all)| all[index].clone());
        (Just(secrets), json(leaf))
    })
}

fn redactor(secrets: &[String]) -> Redactor {
    let named = secrets.iter().enumerate().map(|(index, secret)| {
        let token = format!("«hash {}»", index + 1);
        (secret.clone(), token.parse().expect("it is a token"))
    });
    Redactor::new(&named.collect::<Vec<_>>())
}

/// The types and the sizes of a value, and of all in it.
fn shape(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(_) => value.to_string(),
        Value::Number(number) => if number.is_f64() { "1.5" } else { "1" }.to_owned(),
        Value::String(_) => "text".to_owned(),
        Value::Array(items) => format!("[{}]", items.iter().map(shape).collect::<String>()),
        Value::Object(members) => {
            format!("{{{}}}", members.values().map(shape).collect::<String>())
        }
    }
}

/// Every text and number in a value.
fn words(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Number(number) => found.push(number.to_string()),
        Value::String(text) => {
            found.push(percent_encoding::percent_decode_str(text).decode_utf8_lossy().into());
            if let Ok(inner) = serde_json::from_str(text) {
                words(&inner, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| words(item, found)),
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            found.push(name.clone());
            words(member, found);
        }),
        _ => {}
    }
}

/// Secrets that nobody else writes.
fn strong_secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z][a-z]{2}[0-9]{2}[A-Za-z0-9é日@$%&+/\"\\\\<']{8,30}Q",
        "[0-9a-f]{7}[a-f][0-9][0-9a-f]{23}",
        "[a-f][0-9a-f]{8,12}-[0-9a-f]{4}-[a-f0-9]{4}x7",
        // Repetitive, and longer than what is kept of it.
        ("[a-z][0-9]", 4..300_usize).prop_map(|(part, times)| part.repeat(times) + "Z"),
    ]
}

/// A text that holds a secret in one of the spellings that are promised to be found, and a spelling.
fn told(secret: String) -> impl Strategy<Value = (String, String)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let usual: Vec<String> = spellings(&secret).values().filter_map(text).collect();
    let all: Vec<String> =
        usual.into_iter().chain(disguises(&secret).into_iter().map(|(_, text)| text)).collect();
    let around = "[g-z ]{0,12}";
    (around, prop::sample::select(all), around, 0..4_usize).prop_map(
        move |(before, spelt, after, form)| {
            let said = format!("{before} {spelt} {after}");
            let body = match form {
                0 => Value::from(said).to_string(),
                1 => serde_json::json!({"a": [1, {"b": said}]}).to_string(),
                2 => format!("<p>{said}</p>"),
                _ => format!("x=1&y={said}"),
            };
            (secret.clone(), body)
        },
    )
}

fn is_json(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes);
    text.is_ok_and(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok())
}

fn parsed(bytes: &[u8]) -> Option<Value> {
    // A half of a surrogate pair is JSON, and no text of this reader.
    let text = std::str::from_utf8(bytes).ok()?.replace("\\ud8", "\\u00").replace("\\uD8", "\\u00");
    serde_json::from_str(&text).ok()
}

proptest! {
    #![proptest_config(config(768))]

    #[test]
    fn what_is_cut_out_of_json_leaves_json_of_the_same_shape((secrets, text) in sprinkled()) {
        let redacted = redactor(&secrets).body(text.as_bytes());
        prop_assert!(is_json(text.as_bytes()) && is_json(&redacted), "{}", text);
        if let (Some(before), Some(after)) = (parsed(text.as_bytes()), parsed(&redacted)) {
            prop_assert_eq!(shape(&before), shape(&after));
            let mut found = Vec::new();
            words(&after, &mut found);
            for secret in &secrets {
                prop_assert!(!found.iter().any(|word| word.contains(secret)), "{:?} in {}", secret, text);
            }
        }
    }

    #[test]
    fn no_secret_is_left_however_it_is_told(
        (secret, body) in strong_secret().prop_flat_map(told),
        others in prop::collection::vec(strong_secret(), 0..3),
    ) {
        let secrets: Vec<String> = std::iter::once(secret.clone()).chain(others).collect();
        let redactor = redactor(&secrets);
        let redacted = redactor.body(body.as_bytes());
        let told = String::from_utf8_lossy(&redacted).into_owned();
        prop_assert!(told.contains("«hash "), "{:?} in {}", secret, body);
        prop_assert_eq!(is_json(body.as_bytes()), is_json(&redacted));
        // Around it stands no digit, and at the end of an encoding what depends on more than it.
        let pieces = told.split('«').map(|piece| piece.split_once('»').map_or(piece, |(_, rest)| rest));
        let left: Vec<&str> = pieces.flat_map(|piece| piece.split(|c: char| !c.is_ascii_alphanumeric())).collect();
        let is_left = |word: &&&str| {
            word.len() > 6 && word.contains(|c: char| c.is_ascii_digit())
        };
        prop_assert_eq!(left.iter().find(is_left), None, "{:?} in {}: {}", secret, body, told);
        // What is redacted holds nothing more to redact; a token in it is told as a foreign one.
        let again = redactor.body(&redacted);
        let told = told.replace('«', "‹").replace('»', "›");
        prop_assert_eq!(String::from_utf8_lossy(&again), told);
    }

    #[test]
    fn what_is_no_json_stays_none((secrets, text) in sprinkled(), at in 0..200_usize, byte: u8) {
        let mut bytes = text.into_bytes();
        let at = at % bytes.len().max(1);
        bytes.splice(at..(at + 1).min(bytes.len()), [byte]);
        let redacted = redactor(&secrets).body(&bytes);
        prop_assert_eq!(is_json(&bytes), is_json(&redacted));
    }

    #[test]
    fn a_body_without_secrets_stays_byte_for_byte(
        body in prop_oneof![
            json(Just("\"«nobody»\"".to_owned())).prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..60),
            "[a-z&=%+<>\"{}0-9]{0,60}".prop_map(String::into_bytes),
        ],
    ) {
        let secrets = ["Kanari7331Q".to_owned(), "90420".to_owned(), "success".to_owned()];
        let text = String::from_utf8_lossy(&body).into_owned();
        if !["90420", "success\"", "=success"].iter().any(|part| text.contains(part)) {
            prop_assert_eq!(redactor(&secrets).body(&body), body);
        }
    }

    #[test]
    fn a_number_comes_through_as_it_is_written(text in number()) {
        let source = Source::new("case.yaml", format!("{{ n: {text} }}"));
        let document = parse_yaml(&source).expect("it is YAML");
        let written: Value = serde_json::from_str(&text).expect("it is JSON");
        prop_assert_eq!(&document.value["n"], &written);
        let parameters: Map<String, Value> =
            document.value.as_object().cloned().expect("it is an object");
        let encoded = (encoding("json").expect("there is one").encode)(&parameters);
        let body = encoded.body.expect("it has a body");
        prop_assert_eq!(String::from_utf8_lossy(&body), format!("{{\"n\":{written}}}"));
        prop_assert_eq!(redactor(&["90420".to_owned()]).body(&body), body.clone());
        let read: BTreeMap<String, Value> = serde_json::from_slice(&body).expect("it is JSON");
        prop_assert_eq!(&read["n"], &written);
    }
}

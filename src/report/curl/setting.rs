//! What `curl` lines take for granted: the target, and the way that leads to it.
//!
//! Lines to be pasted before them. Where the run did not ask the target directly, a function of
//! the shell gives every `curl` the options that the run had; values that may be secret are
//! variables, as those of fixtures are.

use super::value::{Piece, Value};
use super::word::{plain, word};
use crate::judge::findings::TargetIdentity;

/// The lines; nothing for the embedded server, which is gone when they are read.
pub(crate) fn setting(target: &TargetIdentity) -> Vec<String> {
    if target.embedded {
        return Vec::new();
    }
    let url = format!("URL={}", plain(&target.url));
    let options: Vec<String> = target.overrides.iter().filter_map(|one| option(one)).collect();
    let has_options = !options.is_empty();
    let way =
        has_options.then(|| format!(r#"curl() {{ command curl {} "$@"; }}"#, options.join(" ")));
    std::iter::once(url).chain(way).collect()
}

/// The option of `curl` that does what an option of the run did.
fn option(written: &str) -> Option<String> {
    let (name, value) = written.split_once(' ').unwrap_or((written, ""));
    Some(match name {
        "--insecure" => "-k".to_owned(),
        "--ca-cert" => r#"--cacert "$PANEL_CA_CERT""#.to_owned(),
        "--proxy" => r#"-x "$PANEL_PROXY""#.to_owned(),
        "--resolve" => format!("--resolve {}", plain(value)),
        "--header" => {
            let name = Piece::Literal(format!("{value}: ").into_bytes());
            format!("-H {}", word(&[name, Piece::Value(Value::header(value))]))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::setting;
    use crate::judge::findings::TargetIdentity;
    use crate::run::target::Connection;
    use rstest::rstest;

    #[rstest]
    #[case::directly(Connection::default(), &["URL=https://panel.example/v2"])]
    #[case::in_every_way(
        Connection {
            headers: vec![
                ("X-Gateway-Key".to_owned(), "sesame".to_owned()),
                ("X-It's$(id)".to_owned(), "sesame".to_owned()),
            ],
            ca_cert: Some("ca.pem".into()),
            insecure: true,
            proxy: Some("http://me:sesame@proxy.example".to_owned()),
            resolve: vec!["panel.example:443:10.0.0.1".to_owned()],
            ..Connection::default()
        },
        &[
            "URL=https://panel.example/v2",
            r#"curl() { command curl --resolve panel.example:443:10.0.0.1 -k --cacert "$PANEL_CA_CERT" -x "$PANEL_PROXY" -H "X-Gateway-Key: $HEADER_X_GATEWAY_KEY" -H 'X-It'\''s$(id): '"$HEADER_X_IT_S__ID_" "$@"; }"#,
        ]
    )]
    fn lines_say_how_the_target_is_reached(#[case] connection: Connection, #[case] lines: &[&str]) {
        let url = "https://panel.example/v2".to_owned();
        let target = TargetIdentity { url, embedded: false, overrides: connection.overrides() };
        assert!(target.overrides.iter().all(|known| super::option(known).is_some()));
        assert_eq!(setting(&target), lines);
    }
}

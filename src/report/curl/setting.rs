//! What `curl` lines take for granted: the target, and the way that leads to it.
//!
//! Lines to be pasted before them. Where the run did not ask the target directly, a function of
//! the shell gives every `curl` the options that the run had; values that may be secret are
//! variables, as those of fixtures are, and a comment says what to put into them.

use super::value::{Piece, Value, variable_of_url};
use super::word::{Word, plain, word};
use crate::model::run_option::Override;
use crate::model::target::TargetIdentity;

/// The lines; nothing for the embedded server, which is gone when they are read.
pub(crate) fn setting(target: &TargetIdentity) -> Vec<String> {
    if target.embedded {
        return Vec::new();
    }
    let values = target.overrides.iter().filter_map(option_value).flatten();
    let wanted = values.filter_map(|piece| match piece {
        Piece::Value(value) => Some(value.preparation().collect::<Vec<_>>()),
        Piece::Literal(_) => None,
    });
    let mut lines: Vec<String> = wanted.flatten().collect();
    let urls = target.addresses().enumerate();
    lines.extend(urls.map(|(number, url)| format!("{}={}", variable_of_url(number), plain(url))));
    let options: Vec<String> = target.overrides.iter().filter_map(curl_option).collect();
    let way = format!(r#"curl() {{ command curl {} "$@"; }}"#, options.join(" "));
    lines.extend((!options.is_empty()).then_some(way));
    lines
}

/// The option of `curl` that does what an option of the run did.
fn curl_option(option: &Override) -> Option<String> {
    let name = match option {
        Override::Insecure => return Some("-k".to_owned()),
        Override::CaCert { .. } => "--cacert",
        Override::ClientCert { .. } => "--cert",
        Override::ClientKey { .. } => "--key",
        Override::Proxy { .. } => "-x",
        Override::Resolve { .. } => "--resolve",
        Override::Header { .. } => "-H",
        Override::Told(_) => return None,
    };
    Some(format!("{name} {}", word(&option_value(option)?)))
}

/// The value of an option, in the words of `curl` and of the suite alike; nothing where it has
/// none.
pub(crate) fn option_value(option: &Override) -> Option<Word> {
    let literal = |text: &str| Piece::Literal(text.as_bytes().to_vec());
    Some(match option {
        Override::Resolve { entry } => vec![literal(entry)],
        Override::CaCert { path }
        | Override::ClientCert { path }
        | Override::ClientKey { path } => vec![literal(path)],
        Override::Proxy { url: Some(url), .. } => vec![literal(url)],
        Override::Proxy { url: None, .. } => vec![Piece::Value(Value::proxy())],
        Override::Header { name } => {
            vec![literal(&format!("{name}: ")), Piece::Value(Value::header(name))]
        }
        Override::Insecure | Override::Told(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::setting;
    use crate::model::target::TargetIdentity;
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
            ca_cert: Some("my ca.pem".into()),
            client_cert: Some("me.pem".into()),
            client_key: Some("me.key".into()),
            insecure: true,
            proxy: Some("http://me:sesame@proxy.example".to_owned()),
            resolve: vec!["panel.example:443:10.0.0.1".to_owned()],
            ..Connection::default()
        },
        &[
            "# PANEL_PROXY: the URL of --proxy",
            "# HEADER_X_GATEWAY_KEY: the value of --header X-Gateway-Key",
            "# HEADER_X_IT_S__ID_: the value of --header X-It's$(id)",
            "URL=https://panel.example/v2",
            r#"curl() { command curl --resolve panel.example:443:10.0.0.1 -k --cacert 'my ca.pem' --cert me.pem --key me.key -x "${PANEL_PROXY:?}" -H "X-Gateway-Key: ${HEADER_X_GATEWAY_KEY:?}" -H 'X-It'\''s$(id): '"${HEADER_X_IT_S__ID_:?}" "$@"; }"#,
        ]
    )]
    #[case::by_a_proxy_without_credentials(
        Connection { proxy: Some("http://proxy.example:3128".to_owned()), ..Connection::default() },
        &[
            "URL=https://panel.example/v2",
            r#"curl() { command curl -x http://proxy.example:3128 "$@"; }"#,
        ]
    )]
    fn lines_say_how_the_target_is_reached(#[case] connection: Connection, #[case] lines: &[&str]) {
        let url = "https://panel.example/v2".to_owned();
        let (others, overrides) = (Vec::new(), connection.overrides());
        let target = TargetIdentity { url, others, embedded: false, overrides };
        assert!(target.overrides.iter().all(|known| super::curl_option(known).is_some()));
        assert_eq!(setting(&target), lines);
    }
}

//! `serve`: the reference server, for those who write clients or want to see the suite fail.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;

use super::interrupt::asked_to_end;
use super::{CliError, Console};
use crate::model::exit_code::ExitCode;
use crate::model::role::Role;
use crate::reference::{
    Account, Behaviour, Config, Demo, demo, faults, null_servers, serve_all as run_server,
    variations,
};
use crate::run::addresses::MOST_ADDRESSES;
use crate::run::embedded::config;
use crate::suite::fixtures::{self, Fixtures};
use crate::value::diagnostics::suggestion;

/// The arguments of `serve`.
#[derive(Debug, Clone, Args)]
pub(super) struct ServeArgs {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", env = "PANEL_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
    /// At how many addresses to listen, as one system: the others have the ports that follow
    /// [default: 1, for a fault between addresses as many as it takes]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=MOST_ADDRESSES as i64))]
    replicas: Option<u8>,
    /// The accounts of this fixtures file, rather than the built-in ones
    #[arg(long, value_name = "FILE", env = "PANEL_FIXTURES")]
    fixtures: Option<PathBuf>,
    /// How long a session lives
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = humantime::parse_duration)]
    session_lifetime: Duration,
    /// Break the contract in this way (see `list faults`)
    #[arg(long, value_name = "NAME", conflicts_with_all = ["variation", "null_server"])]
    fault: Option<String>,
    /// Differ in this way that the contract allows (see `list variations`)
    #[arg(long, value_name = "NAME", conflicts_with = "null_server")]
    variation: Option<String>,
    /// Implement nothing, in this way (see `list null-servers`)
    #[arg(long, value_name = "NAME")]
    null_server: Option<String>,
}

/// Passwords are not printed, so that nobody gets used to reading them in logs.
const DEMO: &str = "these are the demo accounts; examples/fixtures.yaml of the sources holds some of \
                    each kind with their passwords, and `--fixtures FILE` serves accounts of your own\n";

/// Serves until Ctrl-C, or a polite request to end.
pub(super) async fn serve(args: ServeArgs, console: &Console) -> Result<ExitCode, CliError> {
    let config = resolve(&args)?;
    let replicas = args.replicas.map_or(config.behaviour.addresses, usize::from);
    let listeners = listen(&args.listen, replicas).await?;
    // Who reads the address may ask for the end at once.
    let stop = asked_to_end().map_err(CliError::Runtime)?;
    let urls = urls(&listeners).map_err(|error| CliError::Usage(error.to_string()))?;
    let logins: Vec<&str> = config.accounts.iter().map(|account| account.login.as_str()).collect();
    console.print(
        "the address",
        &format!(
            "listening on {urls} ({}); logins: {}\n",
            config.behaviour.name,
            logins.join(", ")
        ),
    )?;
    if args.fixtures.is_none() {
        console.print("where the passwords stand", DEMO)?;
    }
    run_server(listeners, config, stop)
        .await
        .map_err(|error| CliError::Usage(format!("the server ended: {error}")))?;
    Ok(ExitCode::Conformant)
}

/// Listens at so many addresses: at the one that is named, and at the ports that follow it.
async fn listen(named: &str, replicas: usize) -> Result<Vec<TcpListener>, CliError> {
    let refused = |address: &str, error: std::io::Error| {
        CliError::Usage(format!("cannot listen on `{address}`: {error}; name another --listen"))
    };
    let first = TcpListener::bind(named).await.map_err(|error| refused(named, error))?;
    let address = first.local_addr().map_err(|error| refused(named, error))?;
    let takes_any_port = named.ends_with(":0");
    let mut listeners = vec![first];
    for number in 1..replicas {
        // Beyond the last port any will do.
        let port = u16::try_from(usize::from(address.port()) + number).unwrap_or_default();
        let next = SocketAddr::new(address.ip(), if takes_any_port { 0 } else { port });
        let listener = TcpListener::bind(next).await;
        listeners.push(listener.map_err(|error| refused(&next.to_string(), error))?);
    }
    Ok(listeners)
}

/// The URLs of what is listened on, as a run takes them.
fn urls(listeners: &[TcpListener]) -> std::io::Result<String> {
    let url = |listener: &TcpListener| Ok(format!("http://{}", listener.local_addr()?));
    let urls: std::io::Result<Vec<String>> = listeners.iter().map(url).collect();
    Ok(urls?.join(" "))
}

fn resolve(args: &ServeArgs) -> Result<Config, CliError> {
    let demo = demo();
    let mut config = config(&demo, behaviour(args)?);
    if args.fixtures.is_some() {
        let fixtures = fixtures::load(args.fixtures.as_deref())?;
        config.accounts = accounts(&fixtures, &demo);
        let expired = fixtures.of(Role::ExpiredSession).iter();
        config.expired_hashes = expired.map(|fixture| fixture.secret.expose().to_owned()).collect();
    }
    config.session_lifetime = args.session_lifetime;
    Ok(config)
}

fn behaviour(args: &ServeArgs) -> Result<&'static Behaviour, CliError> {
    let tables = [
        ("fault", &args.fault, faults()),
        ("variation", &args.variation, variations()),
        ("null server", &args.null_server, null_servers()),
    ];
    for (kind, name, table) in tables {
        let Some(name) = name else { continue };
        return table.iter().find(|row| row.name == name).ok_or_else(|| {
            let known: Vec<&str> = table.iter().map(|row| row.name).collect();
            CliError::Usage(format!("there is no {kind} `{name}`; {}", suggestion(name, known)))
        });
    }
    Ok(Behaviour::FAULTLESS)
}

/// The accounts that fixtures describe, with the permissions of the demo accounts of their role.
fn accounts(fixtures: &Fixtures, demo: &Demo) -> Vec<Account> {
    let kinds = [
        (Role::Dealer, demo.dealers.first()),
        (Role::SecondDealer, demo.second_dealers.first()),
        (Role::MinimalDealer, Some(&demo.minimal_dealer)),
        (Role::BlockedDealer, demo.blocked_dealers.first()),
    ];
    let mut accounts = Vec::new();
    for (role, model) in kinds {
        for fixture in fixtures.of(role) {
            let (Some(model), Some(login)) = (model, &fixture.login) else { continue };
            accounts.push(Account {
                login: login.clone(),
                password: fixture.secret.expose().to_owned(),
                ..model.clone()
            });
        }
    }
    accounts
}

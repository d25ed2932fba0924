//! The listener and its connections: reads requests, hands them on, sends the responses.

use std::future::{Future, poll_fn};
use std::io;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::account::Account;
use super::behaviour::Behaviour;
use super::pipeline::Pipeline;
use super::request::{Place, Request};
use super::response::{Body, Delivery};
use super::server::{Server, lock};
use super::wire::Raw;

/// How long answers in flight may take when the server is told to stop.
const GRACE: Duration = Duration::from_millis(500);

/// How long a client may take over the head of a request, or over its body; who takes longer, or
/// says nothing at all, makes room for others.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long nobody is admitted when the process can hold no more connections.
const PAUSE: Duration = Duration::from_millis(50);

/// Everything that [`serve`] needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// The dealers; the first with a login is taken.
    pub accounts: Vec<Account>,
    /// How long a session lives, counted from sign-in whatever it is used for.
    pub session_lifetime: Duration,
    /// Hashes that once were sessions and have expired; refused with code 4.
    pub expired_hashes: Vec<String>,
    /// How the server behaves.
    pub behaviour: &'static Behaviour,
}

impl Config {
    /// A faultless server with these accounts, no expired hashes and the documented lifetime of 30 days.
    #[must_use]
    pub fn faultless(accounts: Vec<Account>) -> Self {
        Self {
            accounts,
            session_lifetime: Duration::from_secs(30 * 24 * 60 * 60),
            expired_hashes: Vec::new(),
            behaviour: Behaviour::FAULTLESS,
        }
    }
}

/// Serves at one address until `stop` is done, as `serve_all` does at several.
///
/// If the process can hold no more connections, those that wait are admitted when others have
/// ended.
///
/// # Errors
///
/// The listener is none any more.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    serve_all(vec![listener], config, stop).await
}

/// Serves one system at every address that is listened on, until `stop` is done.
///
/// Then idle connections are closed, answers in flight get half a second, and what still hangs is cut.
///
/// # Errors
///
/// A listener broke.
pub(crate) async fn serve_all(
    listeners: Vec<TcpListener>,
    config: Config,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let pipeline = Arc::new(pipeline(config));
    let (stopping, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    for number in 0.. {
        let (address, stream) = tokio::select! {
            () = &mut stop => break,
            accepted = admit(&listeners) => accepted?,
        };
        let place = Place { address, connection: number };
        connections.spawn(serve_connection(stream, place, Arc::clone(&pipeline), stopped.clone()));
        while connections.try_join_next().is_some() {}
    }
    drop(stopping);
    let all_closed = async { while connections.join_next().await.is_some() {} };
    if timeout(GRACE, all_closed).await.is_err() {
        connections.shutdown().await;
    }
    Ok(())
}

/// Waits for the next connection to any of the listeners, and says to which it came.
async fn admit(listeners: &[TcpListener]) -> io::Result<(usize, TcpStream)> {
    loop {
        match accept(listeners).await {
            Ok(accepted) => return Ok(accepted),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(error),
            // A client that went away while it waited, or no room: neither is the listener's end.
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn accept(listeners: &[TcpListener]) -> io::Result<(usize, TcpStream)> {
    poll_fn(|context| {
        for (address, listener) in listeners.iter().enumerate() {
            if let Poll::Ready(accepted) = listener.poll_accept(context) {
                return Poll::Ready(accepted.map(|(stream, _)| (address, stream)));
            }
        }
        Poll::Pending
    })
    .await
}

fn pipeline(config: Config) -> Pipeline {
    let Config { accounts, session_lifetime, expired_hashes, behaviour } = config;
    let policy = behaviour.changes.policy();
    Pipeline::new(Server::new(accounts, policy, session_lifetime, expired_hashes), behaviour)
}

/// Serves one connection until it closes or the server stops.
async fn serve_connection(
    stream: TcpStream,
    place: Place,
    pipeline: Arc<Pipeline>,
    mut stopped: watch::Receiver<()>,
) {
    // Small pieces go out at once; a connection that cannot promise that serves as well.
    let _ = stream.set_nodelay(true);
    let raw = Mutex::new(None);
    let service = service_fn(|incoming| Box::pin(answer(incoming, place, &pipeline, &raw)));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .title_case_headers(pipeline.server.policy.title_case_headers)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // An error here is the client's to notice: it sees the same from its side.
        _ = poll_fn(|context| connection.poll_without_shutdown(context)) => {}
        _ = stopped.changed() => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            let _ = poll_fn(|context| connection.poll_without_shutdown(context)).await;
        }
    }
    let stream = connection.into_parts().io.into_inner();
    let taken = lock(&raw).take();
    if let Some(raw) = taken {
        tokio::select! {
            _ = raw.perform(stream) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Makes the HTTP library give the connection back.
#[derive(Debug, thiserror::Error)]
#[error("the answer is written past the HTTP library")]
struct GiveBack;

async fn answer(
    incoming: hyper::Request<Incoming>,
    place: Place,
    pipeline: &Pipeline,
    raw: &Mutex<Option<Raw>>,
) -> Result<hyper::Response<Body>, Box<dyn std::error::Error + Send + Sync>> {
    let request = Request::read(incoming, place, pipeline.next_serial());
    let request = timeout(PATIENCE, request).await??;
    let response = pipeline.handle(request).await;
    if let Delivery::Raw(wanted) = response.delivery {
        *lock(raw) = Some(wanted);
        return Err(Box::new(GiveBack));
    }
    Ok(response.into_http())
}

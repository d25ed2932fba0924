//! The listener and its connections: reads requests, hands them to the server, delivers what it says.

use std::future::{Future, poll_fn};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::account::Config;
use super::request::Request;
use super::response::Paced;
use super::server::{Server, lock};
use super::wire::{Delivery, Raw};

/// How long answers that are under way may take when the server is told to stop.
const GRACE: Duration = Duration::from_millis(500);

/// Serves until `stop` is done.
///
/// Then idle connections are closed, answers under way get half a second, and what still hangs is cut.
///
/// # Errors
///
/// The listener broke.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let server = Arc::new(Server::new(config));
    let (stopping, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    tokio::pin!(stop);
    for number in 0.. {
        let stream = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted?.0,
        };
        connections.spawn(converse(stream, number, Arc::clone(&server), stopped.clone()));
        while connections.try_join_next().is_some() {}
    }
    drop(stopping);
    let all_closed = async { while connections.join_next().await.is_some() {} };
    if timeout(GRACE, all_closed).await.is_err() {
        connections.shutdown().await;
    }
    Ok(())
}

/// Serves one connection until it closes or the server stops.
async fn converse(
    stream: TcpStream,
    number: u64,
    server: Arc<Server>,
    mut stopped: watch::Receiver<()>,
) {
    // Small pieces go out at once; a connection that cannot promise that serves as well.
    let _ = stream.set_nodelay(true);
    let raw = Mutex::new(None);
    let service = service_fn(|incoming| Box::pin(answer(incoming, number, &server, &raw)));
    let mut connection = http1::Builder::new()
        .title_case_headers(server.policy.title_case_headers)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // How the conversation ended is the client's affair: it sees the same from its side.
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

/// The HTTP library is told to let go of the connection.
#[derive(Debug, thiserror::Error)]
#[error("the answer is written past the HTTP library")]
struct LetGo;

async fn answer(
    incoming: hyper::Request<Incoming>,
    connection: u64,
    server: &Server,
    raw: &Mutex<Option<Raw>>,
) -> Result<hyper::Response<Paced>, Box<dyn std::error::Error + Send + Sync>> {
    let request = Request::read(incoming, connection, server.next_serial()).await?;
    match server.handle(request).await {
        Delivery::Http(response) => Ok(response.into_http()),
        Delivery::Raw(wanted) => {
            *lock(raw) = Some(wanted);
            Err(Box::new(LetGo))
        }
    }
}

//! Below HTTP: what is done to a connection whose answer the HTTP library must not write.

use std::future::pending;
use std::io;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::response::Response;

/// How an answer reaches the client.
#[derive(Debug)]
pub(crate) enum Delivery {
    /// As HTTP says.
    Http(Response),
    /// Past the HTTP library.
    Raw(Raw),
}

/// What is done to the bare connection.
#[derive(Clone, Debug)]
pub(crate) enum Raw {
    /// These bytes are written, perhaps none, and the connection is closed.
    Close(Vec<u8>),
    /// These bytes are written, perhaps none, and nothing follows until the server stops.
    Hang(Vec<u8>),
}

impl Raw {
    /// Does it; does not return while the connection hangs.
    ///
    /// # Errors
    ///
    /// The client has gone.
    pub(crate) async fn perform(self, mut stream: TcpStream) -> io::Result<()> {
        match self {
            Self::Close(bytes) => {
                stream.write_all(&bytes).await?;
                stream.shutdown().await
            }
            Self::Hang(bytes) => {
                stream.write_all(&bytes).await?;
                pending().await
            }
        }
    }
}

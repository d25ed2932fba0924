//! Below HTTP: what is done to a connection whose answer the HTTP library must not write.

use std::future::pending;
use std::io;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// What is done to the bare connection.
#[derive(Clone, Debug)]
pub(crate) enum Raw {
    /// Writes these bytes, perhaps none, and closes the connection.
    Close(Vec<u8>),
    /// Writes these bytes, perhaps none, and leaves the connection open until the server stops.
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

//! The smallest HTTP client that can ask a local server how it is.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const DEADLINE: Duration = Duration::from_secs(5);
const MAX_ANSWER: u64 = 1 << 20;

/// An answer to [`get`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status code.
    pub status: u16,
    /// The head as sent: status line and headers, without the empty line.
    pub head: String,
    /// The body as sent (a chunked one is not put together).
    pub body: String,
}

/// Asks `address` for `path` over plain HTTP/1.1.
///
/// At most 1 MiB is read and at most 5 s are spent.
///
/// # Errors
/// When the connection fails, the time is over, or the answer is not HTTP.
pub async fn get(address: SocketAddr, path: &str) -> io::Result<HttpAnswer> {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: */*\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(MAX_ANSWER).read_to_end(&mut answer).await?;
        parse(&answer)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP"))
    };
    timeout(DEADLINE, exchange).await?
}

fn parse(answer: &[u8]) -> Option<HttpAnswer> {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head
        .strip_prefix("HTTP/1.")?
        .split(' ')
        .nth(1)?
        .parse()
        .ok()?;
    Some(HttpAnswer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_read_and_anything_else_is_refused() {
        let answer = parse(b"HTTP/1.1 503 Service Unavailable\r\nX: y\r\n\r\nlater").unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (503, "later"));
        assert_eq!(parse(b"SSH-2.0-x\r\n\r\n"), None);
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\n"), None);
    }
}

//! How the foreign server speaks HTTP, and how it misbehaves below the contract: one request, one
//! answer, one connection.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use super::answer::{Pace, Reply};
use super::{Asked, Manner, Shared, Turn};

pub(super) fn accept(listener: TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.state().is_dead {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        // A client that goes away is its own business.
        std::thread::spawn(move || serve(stream, &shared).ok());
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    if let Manner::Greeting(greet) = &shared.habits.manner {
        return greet(&mut stream);
    }
    if let Manner::ClosesAfter(answers) = shared.habits.manner {
        return serve_some(&stream, answers, shared);
    }
    let Some(asked) = read_request(&stream)? else { return Ok(()) };
    let (number, mut answer) = shared.answer(asked.clone());
    let manner = &shared.habits.manner;
    if shared.state().is_dead {
        return Ok(());
    }
    match answer.pace {
        Pace::AtOnce => {}
        Pace::Never => {
            shared.state().held.push(stream);
            return Ok(());
        }
        Pace::Dripping => return drip(&mut stream, shared),
    }
    match manner {
        Manner::Scripted(script) => {
            let (stream, asked, reply) = (&mut stream, &asked, answer);
            script(&mut Turn { stream, asked, number, reply })?;
        }
        Manner::DiesAt(limit) if number >= *limit => shared.die(),
        Manner::Silent => shared.state().held.push(stream),
        Manner::Garbage => stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\nhello\r\n\r\n")?,
        Manner::Redirect(to) => {
            let head = format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(head.as_bytes())?;
        }
        Manner::GzipBomb => write_whole(&mut stream, "content-encoding: gzip\r\n", &bomb())?,
        Manner::Endless => write_endless(&mut stream)?,
        Manner::Deep => write_whole(&mut stream, "", "[".repeat(200_000).as_bytes())?,
        Manner::CutShort => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")?;
            stream.write_all(&answer.body)?;
        }
        Manner::WrongLength => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")?;
            stream.write_all(&answer.body)?;
        }
        Manner::DeepMember(depth) => {
            let member = format!(",\"x\":{}{}}}", "[".repeat(*depth), "]".repeat(*depth));
            if answer.kind.starts_with("application/json") {
                answer.body = answer.body.trim_ascii_end().to_vec();
                answer.body.pop();
                answer.body.extend(member.bytes());
            }
            write_answer(&mut stream, &answer)?;
        }
        Manner::ManyHeaders(count) => {
            answer.more = (0..*count).map(|number| format!("x-{number}: x\r\n")).collect();
            write_answer(&mut stream, &answer)?;
        }
        Manner::LongHeader(length) => {
            answer.more = format!("x-long: {}\r\n", "x".repeat(*length));
            write_answer(&mut stream, &answer)?;
        }
        Manner::OddHead => {
            stream.write_all(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n")?;
            answer.more = format!(
                "x-folded: one,\r\n\ttwo\r\nx-blank : x\r\ncontent-type: {}\r\n",
                answer.kind
            );
            write_answer(&mut stream, &answer)?;
        }
        Manner::Busy => write_busy(&mut stream, "0")?,
        Manner::BusyFor(time) => write_busy(&mut stream, time)?,
        Manner::BusyOnce(at) if number == *at => write_busy(&mut stream, "1")?,
        _ => write_answer(&mut stream, &answer)?,
    }
    Ok(())
}

/// Answers some requests as if there were to be more, and goes away.
fn serve_some(mut stream: &TcpStream, answers: usize, shared: &Shared) -> std::io::Result<()> {
    for _ in 0..answers {
        let Some(asked) = read_request(stream)? else { return Ok(()) };
        let (_, Reply { status, kind, body, has_body, .. }) = shared.answer(asked);
        let length = if has_body { body.len() } else { 0 };
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(&[head.as_bytes(), &body[..length]].concat())?;
    }
    // Whoever writes now writes into the void.
    stream.shutdown(std::net::Shutdown::Both)
}

fn read_request(stream: &TcpStream) -> std::io::Result<Option<Asked>> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Asked { method, target, headers, body }))
}

fn write_answer(stream: &mut TcpStream, reply: &Reply) -> std::io::Result<()> {
    let Reply { status, kind, more, .. } = reply;
    // In pieces of odd sizes, all written at once.
    let mut text = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\nx-served-by: foreign\r\n{more}content-type: {kind}\r\n\
         transfer-encoding: chunked\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n"
    )
    .into_bytes();
    if reply.has_body {
        for piece in reply.body.chunks(41) {
            text.extend(format!("{:x};odd=yes\r\n", piece.len()).bytes());
            text.extend(piece);
            text.extend(b"\r\n");
        }
        text.extend(b"0\r\n\r\n");
    }
    stream.write_all(&text)
}

fn write_whole(stream: &mut TcpStream, more: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\n{more}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)
}

fn write_endless(stream: &mut TcpStream) -> std::io::Result<()> {
    stream
        .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"success\": true, \"x\": \"")?;
    // Until the reader has had enough.
    loop {
        stream.write_all(&[b'x'; 8192])?;
    }
}

fn write_busy(stream: &mut TcpStream, time: &str) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nRetry-After: {time}\r\nContent-Length: 0\r\n\r\n"
    );
    stream.write_all(head.as_bytes())
}

/// As long as anybody reads.
fn drip(stream: &mut TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{")?;
    while !shared.state().is_dead {
        std::thread::sleep(std::time::Duration::from_millis(50));
        stream.write_all(b" ")?;
    }
    Ok(())
}

fn bomb() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..8 {
        encoder.write_all(&vec![b' '; 1024 * 1024]).expect("memory takes it");
    }
    encoder.finish().expect("memory takes it")
}

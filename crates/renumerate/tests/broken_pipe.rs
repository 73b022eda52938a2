//! A process that dies of broken pipes, as those of Swift and C do, and a server that hangs up: TLS then writes its farewell
//! to nobody. Without the test harness, since Rust's own programs ignore the signal.
#![allow(unsafe_code, reason = "setting a signal's disposition is")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests fail loudly")]

#[cfg(unix)]
fn main() {
    unix::main();
}

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
mod unix {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::sync::Arc;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use rcgen::{CertifiedKey, generate_simple_self_signed};
    use renumerate::ffi::{AnyRequest, EndpointKind, start_call};
    use renumerate::{CallOptions, Client, Error, ErrorKind};
    use rustls::crypto::ring::default_provider;
    use rustls::{ServerConfig, ServerConnection, StreamOwned};

    const NOT_FOUND: &[u8] = b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}";

    pub(crate) fn main() {
        // SAFETY: no thread has been started.
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], signing_key.serialize_der().try_into().unwrap())
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || serve(&listener, &Arc::new(config)));

        let file = std::env::temp_dir().join(format!("renumerate-broken-pipe-{}.pem", std::process::id()));
        std::fs::write(&file, cert.pem()).unwrap();
        let client = Client::builder()
            .private_key("sk_test_planted")
            .base_url(format!("https://localhost:{port}"))
            .ca_bundle(&file)
            .build()
            .unwrap();
        for _ in 0..8 {
            assert_eq!(call(&client).kind(), ErrorKind::NotFound);
        }
        std::fs::remove_file(&file).unwrap();
        println!("a server that hangs up ends no process");
    }

    /// What a call on the background thread ends with: on a connection that breaks it has a second try.
    fn call(client: &Client) -> Error {
        let fields = [("customer_id", Some("cus_1"))];
        let request = AnyRequest::from_fields(EndpointKind::Retention, fields).unwrap();
        let (tell, told) = channel();
        let tell = move |end: renumerate::Result<_>| tell.send(end.unwrap_err()).unwrap();
        drop(start_call(client.clone(), request, CallOptions::new(), None, tell).unwrap());
        told.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    /// Answers the first request of a connection, and hangs up, unread, when the second has come.
    fn serve(listener: &TcpListener, config: &Arc<ServerConfig>) {
        for socket in listener.incoming() {
            let mut stream =
                StreamOwned::new(ServerConnection::new(Arc::clone(config)).unwrap(), socket.unwrap());
            read_request(&mut stream);
            stream.write_all(NOT_FOUND).unwrap();
            stream.flush().unwrap();
            let _ended = stream.sock.peek(&mut [0]);
        }
    }

    /// Up to the end of its body, which is an object in an object.
    fn read_request(stream: &mut StreamOwned<ServerConnection, TcpStream>) {
        let mut request = Vec::new();
        while !request.ends_with(b"}}") {
            let mut some = [0; 4096];
            let read = stream.read(&mut some).unwrap();
            request.extend_from_slice(some.get(..read).unwrap());
        }
    }
}

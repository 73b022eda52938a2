//! Test that a closed TLS connection does not kill a process with the default action of SIGPIPE, as in Swift and C.
//! The TLS client writes `close_notify` to the closed socket, on the background thread and on the thread of a blocking
//! call. The test has no harness, because Rust programs ignore the signal.
#![allow(unsafe_code, reason = "signal() is unsafe")]
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
    use renumerate::{CallOptions, Client, Customer, Error, ErrorKind, RetentionSessionRequest};
    use rustls::crypto::ring::default_provider;
    use rustls::{ServerConfig, ServerConnection, StreamOwned};

    const NOT_FOUND: &[u8] = b"HTTP/1.1 404 Not Found\r\ncontent-length: 12\r\n\r\n{\"error\":\"\"}";

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
        let builder = Client::builder()
            .private_key("sk_test_planted")
            .base_url(format!("https://localhost:{port}"))
            .ca_bundle(&file);
        let (client, blocking) = (builder.clone().build().unwrap(), builder.blocking().build().unwrap());
        let request = RetentionSessionRequest::new(Customer::by_id("cus_1").unwrap());
        for _ in 0..8 {
            assert_eq!(call(&client).kind(), ErrorKind::NotFound);
            assert_eq!(blocking.create_retention_session(&request).unwrap_err().kind(), ErrorKind::NotFound);
        }
        std::fs::remove_file(&file).unwrap();
        println!("closed connections do not end the process");
    }

    /// Makes a call on the background thread, and returns its error. If the connection is closed, the call is retried.
    fn call(client: &Client) -> Error {
        let fields = [("customer_id", Some("cus_1"))];
        let request = AnyRequest::from_fields(EndpointKind::Retention, fields).unwrap();
        let (sender, receiver) = channel();
        let on_completion = move |result: renumerate::Result<_>| sender.send(result.unwrap_err()).unwrap();
        drop(
            start_call(
                Ok(client.clone()),
                EndpointKind::Retention,
                Ok((request, CallOptions::new())),
                None,
                on_completion,
            )
            .unwrap(),
        );
        receiver.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    /// Responds to the first request of each connection, and closes the connection when more bytes arrive.
    fn serve(listener: &TcpListener, config: &Arc<ServerConfig>) {
        for socket in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(config)).unwrap();
            std::thread::spawn(move || {
                let mut stream = StreamOwned::new(connection, socket.unwrap());
                read_request(&mut stream);
                stream.write_all(NOT_FOUND).unwrap();
                stream.flush().unwrap();
                let _until_more_bytes = stream.sock.peek(&mut [0]);
            });
        }
    }

    /// Reads up to the end of the body, which is a nested object.
    fn read_request(stream: &mut StreamOwned<ServerConnection, TcpStream>) {
        let mut request = Vec::new();
        while !request.ends_with(b"}}") {
            let mut buffer = [0; 4096];
            let length = stream.read(&mut buffer).unwrap();
            request.extend_from_slice(buffer.get(..length).unwrap());
        }
    }
}

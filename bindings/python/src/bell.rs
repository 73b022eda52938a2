//! How the background thread tells an event loop that there is news.

#[cfg(unix)]
use std::io::{ErrorKind, Read, Write};
#[cfg(unix)]
use std::os::{fd::AsRawFd, unix::net::UnixStream};
use std::sync::OnceLock;

use pyo3::prelude::*;

/// A pair of sockets: a byte is written into one, and the loop watches the other. Where the loop cannot watch a
/// socket, it is a function of Python's instead.
pub(crate) struct Bell {
    #[cfg(unix)]
    rings: UnixStream,
    #[cfg(unix)]
    hears: UnixStream,
    function: OnceLock<Py<PyAny>>,
}

impl Bell {
    pub(crate) fn new() -> std::io::Result<Self> {
        #[cfg(unix)]
        let (rings, hears) = UnixStream::pair()?;
        #[cfg(unix)]
        for socket in [&rings, &hears] {
            socket.set_nonblocking(true)?;
        }
        Ok(Self {
            #[cfg(unix)]
            rings,
            #[cfg(unix)]
            hears,
            function: OnceLock::new(),
        })
    }

    /// The descriptor that a loop is to watch, where there is one.
    #[cfg_attr(unix, expect(clippy::unnecessary_wraps, reason = "Windows has none"))]
    pub(crate) fn descriptor(&self) -> Option<i32> {
        #[cfg(unix)]
        return Some(self.hears.as_raw_fd());
        #[cfg(not(unix))]
        return None;
    }

    /// Makes the bell a function of Python's.
    pub(crate) fn call_instead(&self, function: Py<PyAny>) {
        let _already_set = self.function.set(function);
    }

    /// Tells the loop, from any thread.
    pub(crate) fn ring(&self) {
        if let Some(function) = self.function.get() {
            // Where the interpreter is about to end nobody listens any more.
            Python::try_attach(|py| {
                if let Err(error) = function.call0(py) {
                    error.write_unraisable(py, None);
                }
            });
            return;
        }
        #[cfg(unix)]
        {
            // A full socket has rung already; nobody is left to hear one whose other end is closed.
            let _best_effort = (&self.rings).write(&[1]);
        }
    }

    /// Takes what has rung, so that the loop sleeps until the next time.
    pub(crate) fn hush(&self) {
        #[cfg(unix)]
        {
            let mut bytes = [0; 64];
            while matches!((&self.hears).read(&mut bytes), Err(error) if error.kind() == ErrorKind::Interrupted)
            {
            }
        }
    }
}

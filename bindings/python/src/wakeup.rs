//! Wakes a scheduler when the background thread has results.

#[cfg(unix)]
use std::io::{ErrorKind, Read, Write};
#[cfg(unix)]
use std::os::{fd::AsRawFd, unix::net::UnixStream};
use std::sync::OnceLock;

use pyo3::prelude::*;

/// Wake-up channel of one scheduler: a socket pair, or a Python callback if the scheduler cannot watch a socket.
pub(crate) struct Wakeup {
    #[cfg(unix)]
    writer: UnixStream,
    #[cfg(unix)]
    reader: UnixStream,
    callback: OnceLock<Py<PyAny>>,
}

impl Wakeup {
    pub(crate) fn new() -> std::io::Result<Self> {
        #[cfg(unix)]
        let (writer, reader) = UnixStream::pair()?;
        #[cfg(unix)]
        for socket in [&writer, &reader] {
            socket.set_nonblocking(true)?;
        }
        Ok(Self {
            #[cfg(unix)]
            writer,
            #[cfg(unix)]
            reader,
            callback: OnceLock::new(),
        })
    }

    /// Returns the file descriptor that the loop watches for reading, or `None` on platforms without socket pairs.
    #[cfg_attr(unix, expect(clippy::unnecessary_wraps, reason = "`None` on Windows"))]
    pub(crate) fn descriptor(&self) -> Option<i32> {
        #[cfg(unix)]
        return Some(self.reader.as_raw_fd());
        #[cfg(not(unix))]
        return None;
    }

    /// Uses a Python callback instead of the socket pair. Only the first callback is used; later ones are ignored.
    pub(crate) fn set_callback(&self, callback: Py<PyAny>) {
        let _already_set = self.callback.set(callback);
    }

    /// Wakes the loop. Any thread may call this.
    pub(crate) fn notify(&self) {
        if let Some(callback) = self.callback.get() {
            // Attaching fails during interpreter shutdown, when no loop runs any more.
            Python::try_attach(|py| {
                if let Err(error) = callback.call0(py) {
                    error.write_unraisable(py, None);
                }
            });
            return;
        }
        #[cfg(unix)]
        {
            // A failed write is harmless. If the socket is full, the loop still has bytes to read and wakes anyway. If
            // the other end is closed, no loop is left to wake.
            let _best_effort = (&self.writer).write(&[1]);
        }
    }

    /// Reads the pending wake-up bytes. Otherwise the socket would stay readable, and the loop would not sleep.
    pub(crate) fn drain(&self) {
        #[cfg(unix)]
        {
            let mut bytes = [0; 64];
            while matches!((&self.reader).read(&mut bytes), Err(error) if error.kind() == ErrorKind::Interrupted)
            {
            }
        }
    }
}

//! Everything that a run prints, in one place: logs at trace level, errors, and whatever has a `Debug`.

use std::fmt::Debug;
use std::io;
use std::sync::{Mutex, OnceLock, PoisonError};

use tracing_subscriber::fmt::MakeWriter;

/// The process's transcript.
#[derive(Debug, Default)]
pub(crate) struct Transcript(Mutex<String>);

impl Transcript {
    /// The transcript, with the process's logs flowing into it.
    pub(crate) fn start() -> &'static Self {
        static TRANSCRIPT: OnceLock<Transcript> = OnceLock::new();
        static LOGS: OnceLock<()> = OnceLock::new();
        let transcript = TRANSCRIPT.get_or_init(Self::default);
        LOGS.get_or_init(|| {
            tracing_subscriber::fmt()
                .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
                .with_ansi(false)
                .with_writer(transcript)
                .init();
        });
        transcript
    }

    /// Takes down what a value prints.
    pub(crate) fn note(&self, what: &str, value: &dyn Debug) {
        self.push(&format!("{what}: {value:?} {value:#?}\n"));
    }

    pub(crate) fn push(&self, text: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
    }

    /// What it holds by now, to be searched while others go on writing.
    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<'a> MakeWriter<'a> for &'static Transcript {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self
    }
}

impl io::Write for &'static Transcript {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

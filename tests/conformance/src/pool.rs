//! Drivers of one flavor, each of which plays one scenario at a time.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::driver::Driver;
use crate::flavor::Flavor;
use crate::play::{certificate_file, clock_file, fault_file, set_clock, set_fault};

/// A driver, and the folder for its files.
pub(crate) struct Worker {
    pub(crate) driver: Driver,
    pub(crate) files: PathBuf,
}

/// Library that is preloaded in a driver.
#[derive(Clone, Debug)]
pub(crate) enum Preload {
    Faketime(PathBuf),
    Faults(PathBuf),
}

/// Starts drivers when none is idle, and ends them after the last scenario.
pub(crate) struct Pool {
    pub(crate) flavor: &'static Flavor,
    files: PathBuf,
    idle: Mutex<Vec<Worker>>,
    started: AtomicUsize,
    /// Scenarios that are not finished.
    remaining: AtomicUsize,
}

impl Pool {
    pub(crate) fn new(flavor: &'static Flavor, files: &Path, scenarios: usize) -> Self {
        let files = files.to_owned();
        Self {
            flavor,
            files,
            idle: Mutex::default(),
            started: AtomicUsize::new(0),
            remaining: AtomicUsize::new(scenarios),
        }
    }

    /// Returns an idle driver, or starts one.
    pub(crate) fn take(&self) -> Result<Worker, String> {
        let idle = self.idle.lock().unwrap().pop();
        idle.map_or_else(|| self.start(None), Ok)
    }

    /// Starts a driver for one scenario, with a library that is preloaded: libfaketime, with which the driver's clock can
    /// be set, or the one of `preload`.
    pub(crate) fn start_with(&self, preload: &Preload) -> Result<Worker, String> {
        self.start(Some(preload))
    }

    /// Starts a driver for one scenario, with environment variables. `files` is a folder that [`Pool::create_folder`] has
    /// created.
    pub(crate) fn start_in(&self, files: PathBuf, variables: &[(&str, String)]) -> Result<Worker, String> {
        Ok(Worker { driver: Driver::start(self.flavor, variables)?, files })
    }

    /// Creates the folder of a driver.
    pub(crate) fn create_folder(&self) -> Result<PathBuf, String> {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        let files = self.files.join(format!("{}-{number}", self.flavor.name));
        std::fs::create_dir_all(&files).map_err(|error| format!("{}: {error}", files.display()))?;
        Ok(files)
    }

    fn start(&self, preload: Option<&Preload>) -> Result<Worker, String> {
        let files = self.create_folder()?;
        let path = |file: PathBuf| file.display().to_string();
        let variables = match preload {
            None => Vec::new(),
            Some(Preload::Faketime(library)) => {
                set_clock(&files, 0)?;
                vec![
                    ("DRIVER_PRELOAD", path(library.clone())),
                    ("FAKETIME_TIMESTAMP_FILE", path(clock_file(&files))),
                    ("FAKETIME_NO_CACHE", "1".to_owned()),
                    ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
                    ("FAKETIME_DONT_RESET", "1".to_owned()),
                    // The fix is for an old glibc. With it, sleeping threads of a JVM wake up late.
                    ("FAKETIME_FORCE_MONOTONIC_FIX", "0".to_owned()),
                ]
            }
            Some(Preload::Faults(library)) => {
                set_fault(&files, 0)?;
                let roots = certificate_file(&files);
                let _pipe_of_an_earlier_run = std::fs::remove_file(&roots);
                std::fs::write(&roots, "").map_err(|error| format!("{}: {error}", roots.display()))?;
                vec![
                    ("DRIVER_PRELOAD", path(library.clone())),
                    ("CONFORMANCE_FAULT", path(fault_file(&files))),
                    ("SSL_CERT_FILE", path(roots)),
                ]
            }
        };
        self.start_in(files, &variables)
    }

    /// Makes a driver available again. A driver that failed is not returned, and ends when it is dropped.
    pub(crate) fn put_back(&self, worker: Worker) {
        self.idle.lock().unwrap().push(worker);
    }

    /// Counts a finished scenario. After the last one, ends all drivers, and returns how that went.
    pub(crate) async fn finish_one(&self) -> Option<Result<(), String>> {
        if self.remaining.fetch_sub(1, Ordering::AcqRel) > 1 {
            return None;
        }
        let workers = std::mem::take(&mut *self.idle.lock().unwrap());
        for worker in workers {
            if let Err(reason) = worker.driver.exit().await {
                return Some(Err(reason));
            }
        }
        Some(Ok(()))
    }
}

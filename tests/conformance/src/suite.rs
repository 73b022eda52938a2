//! The suite: every scenario with every flavor, reported like the tests of cargo.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use clap::Args;
use libtest_mimic::{Failed, Trial};
use tokio::runtime::Runtime;

use crate::flavor::{Flavor, project};
use crate::matrix::Matrix;
use crate::mutations;
use crate::play::Stage;
use crate::pool::{Pool, Preload, Worker};
use crate::scenario::{Scenario, Scenarios};

/// Number of scenarios that run at the same time. Most of the time they wait.
const CONCURRENCY: usize = 8;

/// Flavor that plays the mutated expectations. One is enough, because one program compares the results of all flavors.
const MUTATED_FLAVOR: &str = "rust-async";

#[derive(Debug, Args)]
pub struct Suite {
    /// The libfaketime library, which sets the clock of a process.
    #[arg(long)]
    libfaketime: Option<PathBuf>,
    /// Folder for files that drivers read, and for their logs.
    #[arg(long, default_value = "target/conformance/files")]
    files: PathBuf,
    /// Compares the fault matrix with this file.
    #[arg(long)]
    check_matrix: Option<PathBuf>,
    /// Writes the fault matrix to this file.
    #[arg(long, conflicts_with = "check_matrix")]
    write_matrix: Option<PathBuf>,
    /// Scenarios by name. Default: all.
    #[arg(long = "scenario")]
    scenarios: Vec<String>,
    #[command(flatten)]
    harness: libtest_mimic::Arguments,
}

/// State that is shared by all tests of a run.
struct Shared {
    runtime: tokio::runtime::Handle,
    scenarios: Scenarios,
    libfaketime: Option<PathBuf>,
    libfaults: PathBuf,
    matrix: Mutex<Matrix>,
    /// Results of the drivers' exits.
    exits: Mutex<Vec<(&'static Flavor, Result<(), String>)>>,
}

impl Suite {
    pub(crate) fn run(self, flavors: &[&'static Flavor], runtime: &Runtime) -> Result<bool, String> {
        let scenarios = Scenarios::read()?;
        let shared = Arc::new(Shared {
            runtime: runtime.handle().clone(),
            libfaketime: self.libfaketime.clone(),
            libfaults: build_preload(&project().join(&self.files))?,
            matrix: Mutex::new(Matrix::new(flavors, &scenarios)),
            scenarios,
            exits: Mutex::default(),
        });
        let mut harness = self.harness.clone();
        harness.test_threads.get_or_insert(CONCURRENCY);
        let files = project().join(&self.files);
        let mut trials = Vec::new();
        for flavor in flavors {
            trials.extend(self.trials_of(flavor, &shared, &files));
        }
        let conclusion = libtest_mimic::run(&harness, trials);
        let mut passed = !conclusion.has_failed();
        for (flavor, exit) in shared.exits.lock().unwrap().iter() {
            passed &= print_result(&format!("{}::driver_exits", flavor.name), exit);
        }
        let matrix = shared.matrix.lock().unwrap().markdown();
        if let Some(file) = self.write_matrix {
            std::fs::write(&file, &matrix).map_err(|error| format!("{}: {error}", file.display()))?;
        }
        if let Some(file) = self.check_matrix {
            let same = std::fs::read_to_string(&file).is_ok_and(|committed| committed == matrix);
            let reason = format!("{} is out of date: run `./justw fault-matrix`", file.display());
            passed &= print_result("fault_matrix_is_up_to_date", &same.then_some(()).ok_or(reason));
        }
        Ok(passed)
    }

    /// Creates the tests of a flavor that the command line selects.
    fn trials_of(&self, flavor: &'static Flavor, shared: &Arc<Shared>, files: &Path) -> Vec<Trial> {
        let mut names = Vec::new();
        for (place, scenario) in shared.scenarios.all.iter().enumerate() {
            let name = &scenario.case.name;
            let is_chosen = self.scenarios.is_empty() || self.scenarios.contains(name);
            if !is_chosen || !scenario.applies_to(flavor) {
                continue;
            }
            names.push((format!("{}::{name}", flavor.name), place, false));
            // Mutations compare the same texts in scenarios without variables, too.
            if flavor.name == MUTATED_FLAVOR && !scenario.from_environment {
                names.push((format!("mutations::{name}"), place, true));
            }
        }
        names.retain(|(name, ..)| self.is_selected(name));
        let pool = Arc::new(Pool::new(flavor, files, names.len()));
        let trial = |(name, place, mutated): (String, usize, bool)| {
            let (shared, pool) = (Arc::clone(shared), Arc::clone(&pool));
            Trial::test(name, move || {
                let runtime = shared.runtime.clone();
                runtime.block_on(async {
                    let result = shared.run_one(&pool, place, mutated).await;
                    if let Some(exit) = pool.finish_one().await {
                        shared.exits.lock().unwrap().push((pool.flavor, exit));
                    }
                    result.map_err(Failed::from)
                })
            })
        };
        names.into_iter().map(trial).collect()
    }

    /// Whether the harness will run the test with this name. The pool must know how many tests there are.
    fn is_selected(&self, name: &str) -> bool {
        let matches =
            |filter: &String| if self.harness.exact { name == filter } else { name.contains(filter) };
        self.harness.filter.as_ref().is_none_or(matches) && !self.harness.skip.iter().any(matches)
    }
}

/// Compiles the library that makes faults of the C library.
fn build_preload(files: &Path) -> Result<PathBuf, String> {
    std::fs::create_dir_all(files).map_err(|error| format!("{}: {error}", files.display()))?;
    let library = files.join("libfaults.so");
    let source = project().join("tests/conformance/preload/faults.c");
    let mut command = Command::new("cc");
    command.args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&library).arg(source);
    let status = command.status().map_err(|error| format!("cc: {error}"))?;
    if status.success() { Ok(library) } else { Err("cc could not compile preload/faults.c".to_owned()) }
}

/// Prints a result as the test harness does.
fn print_result(name: &str, result: &Result<(), String>) -> bool {
    match result {
        Ok(()) => println!("test {name} ... ok"),
        Err(reason) => println!("test {name} ... FAILED\n{reason}"),
    }
    result.is_ok()
}

impl Shared {
    async fn run_one(&self, pool: &Pool, place: usize, mutated: bool) -> Result<(), String> {
        let scenario = self.scenarios.all.get(place).ok_or("no such scenario")?;
        let (mut worker, differences);
        if mutated {
            worker = self.take_worker(pool, scenario)?;
            differences = mutations::unnoticed(&mut worker.driver, scenario, &worker.files).await?;
        } else {
            let stage;
            if scenario.from_environment {
                // The variables contain the address of the server, so the server starts first.
                let files = pool.create_folder()?;
                stage = Stage::prepare(scenario, &files).await?;
                worker = pool.start_in(files, &stage.variables())?;
            } else {
                worker = self.take_worker(pool, scenario)?;
                stage = Stage::prepare(scenario, &worker.files).await?;
            }
            let (report, found) = stage.verify(&mut worker.driver, &worker.files).await?;
            self.matrix.lock().unwrap().add(pool.flavor, place, &report, &found);
            differences = found;
        }
        if scenario.from_environment || self.preload(scenario)?.is_some() {
            // Not all runtimes tolerate such a fault, and other scenarios have no such variables.
            worker.driver.exit().await?;
        } else {
            pool.put_back(worker);
        }
        if differences.is_empty() { Ok(()) } else { Err(differences.join("\n")) }
    }

    fn take_worker(&self, pool: &Pool, scenario: &Scenario) -> Result<Worker, String> {
        match self.preload(scenario)? {
            Some(preload) => pool.start_with(&preload),
            None => pool.take(),
        }
    }

    /// Returns the library that makes the fault of a scenario, if it has one.
    fn preload(&self, scenario: &Scenario) -> Result<Option<Preload>, String> {
        Ok(match scenario {
            Scenario { clock_jump: Some(_), .. } => {
                Some(Preload::Faketime(self.libfaketime.clone().ok_or("libfaketime is missing: install it")?))
            }
            Scenario { process: Some(_), .. } => Some(Preload::Faults(self.libfaults.clone())),
            _ if scenario.case.fixed_system => Some(Preload::Faults(self.libfaults.clone())),
            _ => None,
        })
    }
}

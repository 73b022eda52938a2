//! The scoreboard: every fault in every language.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use renumerate_sandbox::Sandbox;
use tokio::sync::Semaphore;

use crate::driver::Driver;
use crate::faces::{Face, project};
use crate::fault::{Fault, FaultFile};
use crate::judge::{GRACE, told_expected};
use crate::play::{Cell, Player, set_clock};

/// So many faces are played at once: more would take the time that they measure from each other.
const AT_ONCE: usize = 3;

/// One face's cells, in the order of the faults.
struct Column {
    face: &'static Face,
    cells: Vec<Cell>,
}

/// Plays all faults with these faces, writes the table where it is wanted, and says whether all is as it should be.
pub(crate) async fn run(
    faces: &[&'static Face],
    only: &[String],
    preload: Option<PathBuf>,
    files: &Path,
    table: Option<&Path>,
) -> Result<bool, String> {
    let faults = FaultFile::read(&project().join("tests/trials/faults.json"))?.faults;
    if let Some(unknown) = only.iter().find(|name| faults.iter().all(|fault| fault.name != **name)) {
        return Err(format!("there is no fault {unknown} in faults.json"));
    }
    let faults: Vec<Fault> =
        faults.into_iter().filter(|fault| only.is_empty() || only.contains(&fault.name)).collect();
    let faults = Arc::new(faults);
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let playing: Vec<_> = faces
        .iter()
        .copied()
        .map(|face| {
            let (faults, preload, room) = (Arc::clone(&faults), preload.clone(), Arc::clone(&room));
            let folder = project().join(files).join(face.name);
            tokio::spawn(async move {
                let _mine = room.acquire_owned().await.map_err(|error| error.to_string())?;
                column(face, faults, preload, folder).await
            })
        })
        .collect();
    let mut columns = Vec::new();
    for column in playing {
        columns.push(column.await.map_err(|error| error.to_string())??);
    }
    let good = report(&faults, &columns);
    if let Some(file) = table {
        std::fs::create_dir_all(file.parent().unwrap_or(file)).map_err(|error| error.to_string())?;
        std::fs::write(file, markdown(&faults, &columns)).map_err(|error| error.to_string())?;
    }
    Ok(good)
}

async fn column(
    face: &'static Face,
    faults: Arc<Vec<Fault>>,
    preload: Option<PathBuf>,
    folder: PathBuf,
) -> Result<Column, String> {
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let sandbox = Arc::new(Sandbox::start().await.map_err(|error| error.to_string())?);
    let mut player = Player { driver: start(face, None, &folder)?, sandbox, folder };
    let mut cells = Vec::new();
    for fault in faults.iter() {
        let mut cell = if fault.clock_jump.is_some() {
            match &preload {
                None => Cell::failed("libfaketime is missing: install it".to_owned()),
                Some(library) => {
                    // A driver for each: not every runtime takes it well to have had its clock set.
                    let faked = start(face, Some(library), &player.folder)?;
                    let usual = std::mem::replace(&mut player.driver, faked);
                    let cell = player.play(fault).await;
                    std::mem::replace(&mut player.driver, usual)
                        .end()
                        .await
                        .map_or_else(Cell::failed, |()| cell)
                }
            }
        } else {
            player.play(fault).await
        };
        if cell.told == "failed" {
            // What a driver has got stuck in is no fault of the next one's.
            cell.differences.push("its driver was started anew".to_owned());
            player.driver = start(face, None, &player.folder)?;
        }
        cells.push(cell);
    }
    player.driver.take_printed();
    player.driver.end().await?;
    Ok(Column { face, cells })
}

fn start(face: &'static Face, preload: Option<&PathBuf>, folder: &Path) -> Result<Driver, String> {
    let mut variables = Vec::new();
    if let Some(library) = preload {
        set_clock(folder, 0)?;
        let clock = Player::clock(folder).display().to_string();
        variables = [
            ("DRIVER_PRELOAD", library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", clock),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("FAKETIME_DONT_RESET", "1".to_owned()),
            // It is for an old glibc, and lets a JVM's threads oversleep.
            ("FAKETIME_FORCE_MONOTONIC_FIX", "0".to_owned()),
        ]
        .to_vec();
    }
    Driver::start(face, &variables)
}

/// Prints what differs, and how long calls took.
fn report(faults: &[Fault], columns: &[Column]) -> bool {
    let mut good = true;
    for column in columns {
        for (fault, cell) in faults.iter().zip(&column.cells) {
            for difference in &cell.differences {
                good = false;
                println!("✗ {}, {}: {difference}", column.face.title, fault.name);
            }
        }
        let over = column.cells.iter().map(|cell| cell.over).fold(f64::MIN, f64::max);
        let right = column.cells.iter().filter(|cell| cell.differences.is_empty()).count();
        println!(
            "{:14} {right} of {} as expected; the longest call ended {:+.0} ms from its total timeout",
            column.face.title,
            column.cells.len(),
            over * 1000.0
        );
    }
    good
}

/// The table, without anything that differs from one run to the next.
fn markdown(faults: &[Fault], columns: &[Column]) -> String {
    let mut text = format!(
        "# Scoreboard of faults\n\n\
        What a caller sees when something goes wrong, in each language: expected (`tests/trials/faults.json`) and seen, in the \
        run that wrote this file (`just scoreboard`). ✓ is as expected, to the last detail of that file. ×3 is three \
        attempts.\n\n\
        In each cell it is also held that the call has ended within its total timeout and {} ms (but for the frozen \
        process, whose clock stood still), that as many requests came as should, none of them to another host, \
        and that the key, the session id and the e-mail, which are planted, are in nothing that the language prints or logs.\n\n",
        GRACE * 1000.0
    );
    let titles: Vec<&str> = columns.iter().map(|column| column.face.title).collect();
    let _never_fails = writeln!(text, "| Fault | Rules | Expected | {} |", titles.join(" | "));
    let _never_fails = writeln!(text, "|{}", "---|".repeat(3 + titles.len()));
    for (at, fault) in faults.iter().enumerate() {
        let seen: Vec<String> = columns
            .iter()
            .filter_map(|column| column.cells.get(at))
            .map(|cell| cell_text(cell, fault))
            .collect();
        let _never_fails = writeln!(
            text,
            "| {} | {} | {} | {} |",
            fault.title,
            fault.rules.join(" "),
            told_expected(&fault.expect),
            seen.join(" | ")
        );
    }
    text
}

fn cell_text(cell: &Cell, fault: &Fault) -> String {
    // Where two outcomes are as good, the file does not tell which of them it was this time.
    let either = fault.expect.session.as_ref().is_some_and(|session| session.or_one_more);
    match (cell.differences.is_empty(), either) {
        (true, false) => format!("✓ {}", cell.told),
        (true, true) => format!("✓ {}", told_expected(&fault.expect)),
        (false, _) => format!("✗ {}", cell.told),
    }
}

//! Table of sizes: the packages that an application installs, with their dependencies.

use super::ratio;
use crate::language::Sizes;
use crate::packages::Packages;
use crate::stats::megabytes;
use crate::table::{Row, print_table};

pub(crate) fn print(packages: &Packages, sizes: &Sizes) -> Result<(), String> {
    let (heading, left_out) = sizes.without.unzip();
    let compared = |names: &[&str]| {
        let installed = packages.with_dependencies(names);
        let counted = installed.iter().filter(|name| !left_out.unwrap_or_default().contains(&name.as_str()));
        packages.bytes(counted)
    };
    let peer = sizes.rows.iter().find(|(name, _)| *name == sizes.peer).map(|(_, names)| compared(names));
    let row = |names: &[&str]| {
        let first = names.first().copied().unwrap_or_default();
        let package = packages.get(first).ok_or("is missing")?;
        let installed = packages.with_dependencies(names);
        let mut figures = vec![megabytes(package.bytes), megabytes(packages.bytes(&installed))];
        figures.extend(heading.map(|_| megabytes(compared(names))));
        figures.extend([ratio(compared(names), peer), (installed.len() - 1).to_string()]);
        Ok(figures)
    };
    let rows: Vec<Row> = sizes.rows.iter().map(|(name, names)| ((*name).to_owned(), row(names))).collect();
    let mut headings = vec!["alone", "with dependencies"];
    headings.extend(heading);
    headings.extend(["ratio", "dependencies"]);
    print_table(&format!("{}; ratios to {}", sizes.caption, sizes.peer), &headings, &rows);
    for note in (sizes.notes)(packages)? {
        println!("{note}");
    }
    Ok(())
}

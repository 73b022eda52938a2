//! Text tables: names on the left, figures on the right.

/// Minimum width of names, so that the columns of most tables are aligned with each other.
const NAMES: usize = 28;

/// A name, and figures or the reason why there are none.
pub(crate) type Row = (String, Result<Vec<String>, String>);

pub(crate) fn print_table(caption: &str, headings: &[&str], rows: &[Row]) {
    let names = rows.iter().map(|(name, _)| name.chars().count()).fold(NAMES, usize::max);
    let widths: Vec<usize> = headings
        .iter()
        .enumerate()
        .map(|(column, heading)| {
            let cells = rows.iter().filter_map(|(_, figures)| figures.as_ref().ok()?.get(column));
            2 + cells.map(|cell| cell.chars().count()).fold(heading.len(), usize::max)
        })
        .collect();
    let print_line = |name: &str, cells: &[&str]| {
        print!("{name:<names$}");
        for (cell, &width) in cells.iter().zip(&widths) {
            print!("{cell:>width$}");
        }
        println!();
    };
    println!("\n{caption}");
    print_line("", headings);
    for (name, figures) in rows {
        match figures {
            Ok(cells) => print_line(name, &cells.iter().map(String::as_str).collect::<Vec<_>>()),
            Err(reason) => println!("{name:<names$}  {reason}"),
        }
    }
}

// Plain-text tables: the name on the left, figures on the right.

const NAMES = 24; // how wide they are at least: columns of most tables stand below each other

/** Rows are pairs of a name and its figures; one string instead of them is a remark. */
export function printTable(title, head, rows) {
  const figures = rows.map(([, row]) => row).filter(Array.isArray);
  const widths = head.map((_, column) => 2 + Math.max(...[head, ...figures].map((row) => row[column].length)));
  const names = Math.max(NAMES, ...rows.map(([name]) => name.length));
  console.log(`\n${title}`);
  console.log(line(''.padEnd(names), head, widths));
  for (const [name, row] of rows) {
    const padded = name.padEnd(names);
    console.log(Array.isArray(row) ? line(padded, row, widths) : `${padded}  ${row}`);
  }
}

function line(name, cells, widths) {
  return name + cells.map((cell, column) => cell.padStart(widths[column])).join('');
}

// Plain-text tables: the name on the left, figures on the right.

package com.renumerate.bench

private const val NAMES = 28 // how wide they are at least: columns of most tables stand below each other

/** One row: figures, or a remark instead of them. */
internal sealed class Row {
    class Figures(vararg val cells: String) : Row()

    class Remark(val text: String) : Row()
}

internal fun printTable(title: String, head: List<String>, rows: Map<String, Row>) {
    val figures = rows.values.filterIsInstance<Row.Figures>().map { it.cells.asList() }
    val widths = head.indices.map { column -> 2 + (figures + listOf(head)).maxOf { it[column].length } }
    val names = maxOf(NAMES, rows.keys.maxOf(String::length))
    println("\n$title")
    println(line("".padEnd(names), head, widths))
    for ((name, row) in rows) {
        val padded = name.padEnd(names)
        when (row) {
            is Row.Figures -> println(line(padded, row.cells.asList(), widths))
            is Row.Remark -> println("$padded  ${row.text}")
        }
    }
}

private fun line(name: String, cells: List<String>, widths: List<Int>): String =
    name + cells.zip(widths).joinToString("") { (cell, width) -> cell.padStart(width) }

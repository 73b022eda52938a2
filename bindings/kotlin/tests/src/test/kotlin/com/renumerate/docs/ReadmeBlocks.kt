package com.renumerate.docs

import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.name
import kotlin.io.path.readLines

/** The folder of the repository. */
val ROOT: Path = Path.of(System.getProperty("project.root")).normalize()

/** A block of code in a document, which says where it stands. */
class Block(val file: Path, val line: Int, val section: String, val language: String, val code: String) {
    val name: String = "${file.name}:$line"

    /** Whether it is a class of tests. */
    val isTest: Boolean get() = "@SandboxTest" in code
}

/** The blocks of a Markdown file, or of the comments of a source. */
fun blocksOf(file: Path): List<Block> {
    val blocks = ArrayList<Block>()
    var section = ""
    var opened: Int? = null
    var language = ""
    val lines = file.readLines().map { if (file.extension == "md") it else it.replace(Regex("^ *\\* ?"), "") }
    for ((at, line) in lines.withIndex()) {
        val start = opened
        if (line.startsWith("```") && start == null) {
            opened = at + 1
            language = line.removePrefix("```")
        } else if (line == "```" && start != null) {
            blocks += Block(file, start + 1, section, language, lines.subList(start, at).joinToString("\n"))
            opened = null
        } else if (line.startsWith("## ") && start == null) {
            section = line.removePrefix("## ")
        }
    }
    check(opened == null) { "$file: the block of line $opened has no end" }
    return blocks
}

package com.renumerate.docs

import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.name
import kotlin.io.path.readLines

/** Root folder of the repository. */
val ROOT: Path = Path.of(System.getProperty("project.root")).normalize()

/** Code block of a document, with its location. */
class Block(val file: Path, val line: Int, val section: String, val language: String, val code: String) {
    val name: String = "${file.name}:$line"

    /** Whether the block is a test class. */
    val isTest: Boolean get() = "@SandboxTest" in code
}

/** Reads the code blocks of a Markdown file, or of the comments in a source file. */
fun readBlocks(file: Path): List<Block> {
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
    check(opened == null) { "$file: the block at line $opened is not closed" }
    return blocks
}

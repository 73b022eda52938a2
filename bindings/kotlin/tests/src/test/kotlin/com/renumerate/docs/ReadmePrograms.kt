package com.renumerate.docs

import java.io.File
import java.io.StringWriter
import java.net.URLClassLoader
import java.nio.file.Path
import javax.tools.ToolProvider
import kotlin.io.path.createDirectories
import kotlin.io.path.name
import kotlin.io.path.writeText

/** Jars on the class path of a user of both artifacts, including JUnit. */
private val JARS = System.getProperty("java.class.path").split(File.pathSeparator).filter { it.endsWith(".jar") }

/**
 * Compiles code blocks in this folder. Compiler warnings are errors, and their line numbers are those of the document.
 * [wrap] turns a block into a complete program, and adds no line above its code.
 */
class ReadmePrograms(private val folder: Path, blocks: List<Block>, wrap: (Block) -> String = { it.code }) {
    private val mainClasses: Map<Block, String>

    init {
        val kotlin = blocks.filter { it.language == "kotlin" }
        val java = blocks.filter { it.language == "java" }
        check(kotlin.size + java.size == blocks.size) { "blocks of another language" }
        mainClasses = compileKotlin(kotlin, wrap) + java.associateWith { compileJava(it, wrap(it)) }
    }

    /** Runs the program in a child JVM until it exits. */
    fun run(block: Block, environment: Map<String, String>): ProgramResult =
        Program(listOf(JAVA, "-cp", classPath(block), mainClasses.getValue(block)), environment).use { it.waitForExit() }

    /** Loads the test class of the block. */
    fun testClass(block: Block): Class<*> {
        val urls = arrayOf(folderOf(block).toUri().toURL())
        return URLClassLoader(urls, javaClass.classLoader).loadClass(mainClasses.getValue(block))
    }

    private fun classPath(block: Block) = (JARS + "${folderOf(block)}").joinToString(File.pathSeparator)

    private fun folderOf(block: Block): Path =
        if (block.language == "kotlin") folder.resolve("kotlin") else folder.resolve("java-${idOf(block)}")

    /** Compiles all blocks in one run, because the compiler starts slowly. A package per block avoids name conflicts. */
    private fun compileKotlin(blocks: List<Block>, wrap: (Block) -> String): Map<Block, String> {
        val sources =
            blocks.map { block ->
                val source = folder.resolve("${idOf(block)}.kt")
                source.writeText("\n".repeat(block.line - 1) + "package ${idOf(block)}; " + wrap(block))
                "$source"
            }
        // The class path has the oldest supported standard library.
        val api = listOf("-api-version", "2.0", "-Xsuppress-version-warnings")
        val settings = api + listOf("-no-stdlib", "-no-reflect", "-jvm-target", "17", "-Werror")
        val arguments = settings + listOf("-cp", JARS.joinToString(File.pathSeparator), "-d", "$folder/kotlin") + sources
        val compiler = listOf(JAVA, "-cp", System.getProperty("compiler"), "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler")
        val result = Program(compiler + arguments).use { it.waitForExit() }
        check(result.status == 0) { result.err }
        return blocks.associateWith { "${idOf(it)}." + if (it.isTest) className(it) else "${idOf(it)}Kt" }
    }

    private fun compileJava(block: Block, code: String): String {
        val target = folderOf(block).createDirectories()
        val name = className(block) ?: "Snippet"
        val source = target.resolve("$name.java")
        source.writeText("\n".repeat(block.line - 1) + code)
        val compiler = ToolProvider.getSystemJavaCompiler()
        val settings = listOf("--release", "17", "-Xlint:all,-processing", "-Werror")
        val options = settings + listOf("-d", "$target", "-cp", JARS.joinToString(File.pathSeparator))
        val messages = StringWriter()
        val files = compiler.getStandardFileManager(null, null, null)
        val compiled = files.use { compiler.getTask(messages, it, null, options, null, it.getJavaFileObjects(source)).call() }
        check(compiled) { "${block.name}: $messages" }
        return name
    }

    private fun className(block: Block): String? =
        Regex("^class (\\w+)", RegexOption.MULTILINE).find(block.code)?.groupValues?.get(1)

    private fun idOf(block: Block): String =
        "${block.file.name.substringBefore('.')}_${block.file.parent.name}_${block.line}".replace(Regex("\\W"), "_")

    private companion object {
        val JAVA = "${Path.of(System.getProperty("java.home"), "bin", "java")}"
    }
}

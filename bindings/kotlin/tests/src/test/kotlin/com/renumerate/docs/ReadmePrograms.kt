package com.renumerate.docs

import java.io.File
import java.io.StringWriter
import java.net.URLClassLoader
import java.nio.file.Path
import javax.tools.ToolProvider
import kotlin.io.path.createDirectories
import kotlin.io.path.name
import kotlin.io.path.writeText

/** The jars that a user of both artifacts has, JUnit's among them. */
private val JARS = System.getProperty("java.class.path").split(File.pathSeparator).filter { it.endsWith(".jar") }

/**
 * Blocks as compiled programs below this folder. A compiler that complains, or warns, fails it with the block's own lines.
 * [wrap] makes a program of what is a part of one, without a line more above its code.
 */
class ReadmePrograms(private val folder: Path, blocks: List<Block>, wrap: (Block) -> String = { it.code }) {
    private val mainClasses: Map<Block, String>

    init {
        val kotlin = blocks.filter { it.language == "kotlin" }
        val java = blocks.filter { it.language == "java" }
        check(kotlin.size + java.size == blocks.size) { "blocks of another language" }
        mainClasses = compiledByKotlin(kotlin, wrap) + java.associateWith { compiledByJava(it, wrap(it)) }
    }

    /** Runs the program in a JVM of its own, to its end. */
    fun run(block: Block, environment: Map<String, String>): Ended =
        Program(listOf(JAVA, "-cp", classPath(block), mainClasses.getValue(block)), environment).use { it.end() }

    /** The class of tests that the block is. */
    fun testClass(block: Block): Class<*> {
        val urls = arrayOf(folderOf(block).toUri().toURL())
        return URLClassLoader(urls, javaClass.classLoader).loadClass(mainClasses.getValue(block))
    }

    private fun classPath(block: Block) = (JARS + "${folderOf(block)}").joinToString(File.pathSeparator)

    private fun folderOf(block: Block): Path =
        if (block.language == "kotlin") folder.resolve("kotlin") else folder.resolve("java-${idOf(block)}")

    /** All at once, since the compiler takes its time to start. Each is a package, where names of others are not in its way. */
    private fun compiledByKotlin(blocks: List<Block>, wrap: (Block) -> String): Map<Block, String> {
        val sources =
            blocks.map { block ->
                val source = folder.resolve("${idOf(block)}.kt")
                source.writeText("\n".repeat(block.line - 1) + "package ${idOf(block)}; " + wrap(block))
                "$source"
            }
        val settings = listOf("-no-stdlib", "-no-reflect", "-jvm-target", "17", "-Werror")
        val arguments = settings + listOf("-cp", JARS.joinToString(File.pathSeparator), "-d", "$folder/kotlin") + sources
        val compiler = listOf(JAVA, "-cp", System.getProperty("compiler"), "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler")
        val ended = Program(compiler + arguments).use { it.end() }
        check(ended.status == 0) { ended.err }
        return blocks.associateWith { "${idOf(it)}." + if (it.isTest) classIn(it) else "${idOf(it)}Kt" }
    }

    private fun compiledByJava(block: Block, code: String): String {
        val target = folderOf(block).createDirectories()
        val name = classIn(block) ?: "Part"
        val source = target.resolve("$name.java")
        source.writeText("\n".repeat(block.line - 1) + code)
        val compiler = ToolProvider.getSystemJavaCompiler()
        val settings = listOf("--release", "17", "-Xlint:all,-processing", "-Werror")
        val options = settings + listOf("-d", "$target", "-cp", JARS.joinToString(File.pathSeparator))
        val said = StringWriter()
        val files = compiler.getStandardFileManager(null, null, null)
        val compiled = files.use { compiler.getTask(said, it, null, options, null, it.getJavaFileObjects(source)).call() }
        check(compiled) { "${block.name}: $said" }
        return name
    }

    private fun classIn(block: Block): String? =
        Regex("^class (\\w+)", RegexOption.MULTILINE).find(block.code)?.groupValues?.get(1)

    private fun idOf(block: Block): String =
        "${block.file.name.substringBefore('.')}_${block.file.parent.name}_${block.line}".replace(Regex("\\W"), "_")

    private companion object {
        val JAVA = "${Path.of(System.getProperty("java.home"), "bin", "java")}"
    }
}

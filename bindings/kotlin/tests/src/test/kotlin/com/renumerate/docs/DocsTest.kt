package com.renumerate.docs

import com.renumerate.testing.Sandbox
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.api.parallel.Isolated
import java.nio.file.Path
import kotlin.io.path.extension
import kotlin.io.path.name
import kotlin.io.path.readLines

/** Tests that all public declarations of both jars have comments, and that the examples in the comments run. */
@Isolated("compilers take all processors, and other tests measure time")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DocsTest {
    private val sources =
        listOf("client", "testing").flatMap { module ->
            val folder = ROOT.resolve("bindings/kotlin/$module/src/main/kotlin").toFile()
            folder.walk().map { it.toPath() }.filter { it.extension == "kt" }.sorted()
        }
    private val sandbox = Sandbox.start()

    @AfterAll
    fun stop() = sandbox.close()

    @Test
    fun `each public declaration has a comment`() {
        val declarations = sources.flatMap(::publicDeclarations)
        assertTrue(declarations.size > 150, "found only ${declarations.size} declarations")
        assertEquals(emptyList<String>(), declarations.filterNot { it.second }.map { it.first })
    }

    /** Returns each declaration with its location, and whether a comment precedes it. The build requires `public`. */
    private fun publicDeclarations(source: Path): List<Pair<String, Boolean>> {
        val lines = source.readLines().map { it.trim() }
        val positions = lines.indices.filter { lines[it].startsWith("public ") && lines[it] != "public companion object {" }
        return positions.map { at ->
            val above = lines.subList(0, at).last { !it.startsWith("@") }
            "${source.name}:${at + 1}: ${lines[at]}" to above.endsWith("*/")
        }
    }

    @TestFactory
    fun `each example runs`(@TempDir folder: Path): List<DynamicTest> {
        val examples = sources.flatMap(::readBlocks)
        val files = setOf("AsyncClient", "BlockingClient", "Client", "Logger", "Sandbox", "SandboxExtension")
        assertEquals(files, examples.map { it.file.name.removeSuffix(".kt") }.toSet())
        val programs = ReadmePrograms(folder, examples, ::program)
        return examples.map { block ->
            dynamicTest(block.name) {
                if (block.isTest) {
                    assertEquals(1, runTestClass(programs.testClass(block)))
                } else {
                    val result = programs.run(block, sandbox.environment())
                    assertEquals(0, result.status, result.err)
                    assertEquals(Regex("println.*// (.*)").find(block.code)?.groupValues?.get(1).orEmpty(), result.out.trim())
                }
            }
        }
    }

    /** Turns a code block into a complete program, without adding lines. */
    private fun program(block: Block): String = when {
        block.language == "java" -> "$JAVA ${block.code}\n} }"
        block.isTest -> IMPORTS + block.code
        else -> "$IMPORTS suspend fun main() { ${block.code}\n}"
    }

    private companion object {
        const val IMPORTS =
            "import com.renumerate.*; import com.renumerate.testing.*; import org.junit.jupiter.api.*; " +
                "import kotlin.time.Duration.Companion.seconds; "
        const val JAVA =
            "import com.renumerate.*; class Snippet { static void show(String id) {} " +
                "public static void main(String[] args) throws Exception {"
    }
}

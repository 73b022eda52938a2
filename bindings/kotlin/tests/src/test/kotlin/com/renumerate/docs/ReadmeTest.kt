package com.renumerate.docs

import com.renumerate.PUBLIC_KEY
import com.renumerate.brandAndCustomer
import com.renumerate.testing.Sandbox
import com.renumerate.testing.ScriptedAnswer
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.api.parallel.Isolated
import java.nio.file.Path
import kotlin.io.path.isDirectory
import kotlin.io.path.isExecutable
import kotlin.io.path.readText

/** Runs the code blocks of both READMEs. */
@Isolated("compilers take all processors, and other tests measure time")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadmeTest {
    private val kotlin = ROOT.resolve("bindings/kotlin")
    private val ownBlocks = readBlocks(kotlin.resolve("README.md"))
    private val rootBlocks = readBlocks(ROOT.resolve("README.md")).filter { it.section == "Kotlin" || it.section == "Java" }
    private val code = (rootBlocks + ownBlocks).filter { it.language == "kotlin" || it.language == "java" }
    private val excerpts = code.filter { it.section in EXCERPT_SECTIONS }
    private val runnable = code - excerpts
    private val sandbox = Sandbox.start()

    @AfterAll
    fun stop() = sandbox.close()

    @Test
    fun `READMEs contain the expected blocks`() {
        assertEquals(listOf("kotlin", "java"), rootBlocks.map { it.language })
        val expected = listOf("sh", "xml", "kotlin", "kotlin", "kotlin", "java", "java", "java", "xml", "kotlin", "java")
        assertEquals(expected, (ownBlocks - excerpts).map { it.language })
        assertEquals(listOf("java", "kotlin", "java", "kotlin", "java"), excerpts.map { it.language })
        assertEquals(2, runnable.count { it.isTest })
    }

    @TestFactory
    fun `each block runs`(@TempDir folder: Path): List<DynamicTest> {
        val programs = ReadmePrograms(folder, runnable)
        return runnable.map { block ->
            dynamicTest(block.name) {
                if (block.isTest) assertEquals(1, runTestClass(programs.testClass(block))) else checkProgram(block, programs)
            }
        }
    }

    @Test
    fun `blocks that need a framework are excerpts of tests`() {
        val folders = listOf("examples/kotlin", "examples/spring-boot", "tests").map { kotlin.resolve("$it/src/test").toFile() }
        val files = folders.flatMap { it.walk() }.filter { it.extension == "kt" || it.extension == "java" }
        val tests = files.map { withoutIndents(it.readText()) }
        for (block in excerpts) assertTrue(tests.any { withoutIndents(block.code) in it }, "${block.name} is in no test")
    }

    private fun withoutIndents(code: String) = code.lines().joinToString("\n") { it.trim() }

    private fun checkProgram(block: Block, programs: ReadmePrograms) {
        val result = programs.run(block, sandbox.environment())
        assertEquals(0, result.status, result.err)
        if ("createHandshakeToken" in block.code) {
            assertEquals(PUBLIC_KEY to "cus_NffrFeUfNV2Hib", brandAndCustomer(result.out.trim(), sandbox.privateKey))
        } else {
            checkSession(block, programs, result)
        }
    }

    private fun checkSession(block: Block, programs: ReadmePrograms, result: ProgramResult) {
        val session = sandbox.session(result.out.trim())
        if ("createSubscriptionSession" in block.code) {
            assertEquals("subscription" to "john.doe@example.com", session.kind to session.customerEmail)
        } else {
            assertEquals("retention" to "cus_NffrFeUfNV2Hib", session.kind to session.customerId)
        }
        val isLogged = "logger" in block.code
        assertEquals(isLogged, "DEBUG renumerate: attempt ended call_id=" in result.err, result.err)
        assertFalse(result.out.trim() in result.err, "the session's id is in the log")
        if ("NotFoundException" in block.code) {
            Sandbox.start().use { other ->
                other.script("cus_NffrFeUfNV2Hib", ScriptedAnswer.status(404).body("""{"error":"gone"}"""))
                assertEquals("no such customer\n", programs.run(block, other.environment()).out)
            }
        }
    }

    @Test
    fun `install commands use existing paths`() {
        val (shell, dependency) = ownBlocks.take(2)
        val (natives, maven) = shell.code.lines().filterNot { it.startsWith("#") }.map { it.split(" ") }
        assertTrue(ROOT.resolve(natives[0]).isExecutable())
        // The modules look for the native libraries in these folders.
        val properties = kotlin.resolve("pom.xml").readText()
        for (folder in natives.drop(1)) assertTrue("../../$folder<" in properties, folder)
        val modules = maven[maven.indexOf("-pl") + 1].split(",")
        for (module in modules) assertTrue(ROOT.resolve(maven[2]).resolve(module).isDirectory(), module)
        val pom = kotlin.resolve("client/pom.xml").readText()
        for (line in dependency.code.lines().filter { "</" in it && "dependency" !in it }) assertTrue(line.trim() in pom, line)
    }

    private companion object {
        /** Sections of the README whose code needs a framework. */
        val EXCERPT_SECTIONS = setOf("Spring Boot", "Mocks", "Logs and secrets")
    }
}

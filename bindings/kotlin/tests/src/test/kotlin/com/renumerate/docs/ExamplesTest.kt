package com.renumerate.docs

import com.renumerate.programs.classPath
import com.renumerate.programs.runProgram
import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Nested
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.parallel.Execution
import org.junit.jupiter.api.parallel.ExecutionMode
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name

/** Runs the examples, which Maven has built, against a sandbox. */
@Execution(ExecutionMode.CONCURRENT)
class ExamplesTest {
    @Test
    fun `each example folder has tests`() {
        val folders = ROOT.resolve("bindings/kotlin/examples").listDirectoryEntries().map { it.name }
        assertEquals(listOf("java", "kotlin", "ktor", "spring-boot"), folders.sorted())
    }

    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    inner class Ktor : ExamplesBackendTests("ktor", cancelsCalls = true)

    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    inner class SpringBoot : ExamplesBackendTests("spring-boot", cancelsCalls = false)

    @Nested
    @SandboxTest
    inner class Quickstart {
        private fun runQuickstart(
            language: String,
            sandbox: Sandbox,
            vararg arguments: String,
            key: String = sandbox.privateKey,
        ): ProgramResult {
            val environment = sandbox.environment() + ("RENUMERATE_PRIVATE_KEY" to key)
            return Program.ofExample(language, "quickstart.jar", *arguments, environment = environment).use { it.waitForExit() }
        }

        @ParameterizedTest
        @ValueSource(strings = ["java", "kotlin"])
        fun `quickstart creates a session`(language: String, sandbox: Sandbox) {
            for (arguments in listOf(emptyArray(), arrayOf("cus_1"))) {
                val result = runQuickstart(language, sandbox, *arguments)
                assertEquals(0 to "", result.status to result.err)
                val session = sandbox.session(result.out.trim())
                assertEquals("retention" to (arguments.firstOrNull() ?: "cus_NffrFeUfNV2Hib"), session.kind to session.customerId)
            }
        }

        @ParameterizedTest
        @ValueSource(strings = ["java", "kotlin"])
        fun `quickstart reports the error`(language: String, sandbox: Sandbox) {
            val missing = runQuickstart(language, sandbox, "cus_not_found")
            assertEquals(Triple(1, "", "there is no customer cus_not_found\n"), Triple(missing.status, missing.out, missing.err))
            val rejected = runQuickstart(language, sandbox, key = "sk_sandbox_another")
            assertEquals(1 to "", rejected.status to rejected.out)
            assertTrue(Regex("authentication: .* rejected the private key .* with 401: .*\n").matches(rejected.err), rejected.err)
            assertFalse("sk_sandbox_another" in rejected.err)
            val keyless = runQuickstart(language, sandbox, key = "")
            assertEquals(1, keyless.status)
            assertTrue(Regex("configuration: .*RENUMERATE_PRIVATE_KEY.*\n").matches(keyless.err), keyless.err)
        }
    }

    @ParameterizedTest
    @ValueSource(strings = ["java", "kotlin"])
    fun `tests of the example succeed`(language: String) {
        val target = ROOT.resolve("bindings/kotlin/examples/$language/target")
        // The standard library of the example comes first: the compiler of the example requires a new one.
        val libraries = target.resolve("lib").listDirectoryEntries("kotlin-stdlib-*.jar")
        val ownClassPath = (libraries + listOf("classes", "test-classes").map(target::resolve)).map { "$it" }
        val result = runProgram("TestClass", "com.example.CancelFlowTest", classPath = ownClassPath + classPath)
        assertEquals("4", result.output.trim().lines().last(), result.output)
    }
}

package com.renumerate.docs

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
import java.net.URLClassLoader
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name

/** The examples as they stand, which Maven has built: as programs and servers of their own, against a sandbox. */
@Execution(ExecutionMode.CONCURRENT)
class ExamplesTest {
    @Test
    fun `these are all examples`() {
        val folders = ROOT.resolve("bindings/kotlin/examples").listDirectoryEntries().map { it.name }
        assertEquals(listOf("java", "kotlin", "ktor", "spring-boot"), folders.sorted())
    }

    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    inner class Ktor : ExamplesBackendTests("ktor", endsCalls = true)

    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    inner class SpringBoot : ExamplesBackendTests("spring-boot", endsCalls = false)

    @Nested
    @SandboxTest
    inner class Quickstart {
        private fun ended(language: String, sandbox: Sandbox, vararg given: String, key: String = sandbox.privateKey): Ended {
            val environment = sandbox.environment() + ("RENUMERATE_PRIVATE_KEY" to key)
            return Program.ofExample(language, "quickstart.jar", *given, environment = environment).use { it.end() }
        }

        @ParameterizedTest
        @ValueSource(strings = ["java", "kotlin"])
        fun `it mints a session`(language: String, sandbox: Sandbox) {
            for (given in listOf(emptyArray(), arrayOf("cus_1"))) {
                val ended = ended(language, sandbox, *given)
                assertEquals(0 to "", ended.status to ended.err)
                val session = sandbox.session(ended.out.trim())
                assertEquals("retention" to (given.firstOrNull() ?: "cus_NffrFeUfNV2Hib"), session.kind to session.customerId)
            }
        }

        @ParameterizedTest
        @ValueSource(strings = ["java", "kotlin"])
        fun `it says what went wrong`(language: String, sandbox: Sandbox) {
            val missing = ended(language, sandbox, "cus_not_found")
            assertEquals(Triple(1, "", "there is no customer cus_not_found\n"), Triple(missing.status, missing.out, missing.err))
            val refused = ended(language, sandbox, key = "sk_sandbox_another")
            assertEquals(1 to "", refused.status to refused.out)
            assertTrue(refused.err.startsWith("authentication: the service answered 401: "), refused.err)
            assertFalse("sk_sandbox_another" in refused.err)
            val keyless = ended(language, sandbox, key = "")
            assertEquals(1, keyless.status)
            assertTrue(Regex("configuration: .*RENUMERATE_PRIVATE_KEY.*\n").matches(keyless.err), keyless.err)
        }
    }

    @ParameterizedTest
    @ValueSource(strings = ["java", "kotlin"])
    fun `its tests succeed`(language: String) {
        val target = ROOT.resolve("bindings/kotlin/examples/$language/target")
        val urls = listOf("classes", "test-classes").map { target.resolve(it).toUri().toURL() }
        val loader = URLClassLoader(urls.toTypedArray(), javaClass.classLoader)
        assertEquals(4, succeeded(loader.loadClass("com.example.CancelFlowTest")))
    }
}

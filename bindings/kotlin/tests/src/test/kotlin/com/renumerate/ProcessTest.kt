package com.renumerate

import com.renumerate.programs.classPath
import com.renumerate.programs.clientJar
import com.renumerate.programs.runProgram
import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.nio.file.Files
import java.nio.file.Path
import java.util.jar.JarFile
import java.util.jar.JarOutputStream
import java.util.zip.ZipEntry

/** Tests that need a child JVM. */
@SandboxTest
class ProcessTest {
    private fun environment(sandbox: Sandbox) =
        mapOf("RENUMERATE_BASE_URL" to sandbox.url, "RENUMERATE_PRIVATE_KEY" to sandbox.privateKey)

    @Test
    fun `client is loaded from the jar`() {
        assertTrue(clientJar.endsWith(".jar"), clientJar)
        assertEquals(Path.of(clientJar).toUri(), Client::class.java.protectionDomain.codeSource.location.toURI())
    }

    @ParameterizedTest
    @ValueSource(strings = ["suspend", "blocking", "future"])
    fun `program exits after its call`(kind: String, sandbox: Sandbox) {
        assertEquals("ret_\n", runProgram("OneCall", kind, environment = environment(sandbox)).output)
    }

    /** This class takes 18 ms and 3.5 MB to load. `listOfNotNull` and array functions load it. */
    @ParameterizedTest
    @ValueSource(strings = ["suspend", "blocking", "future"])
    fun `first call does not load ArraysKt`(kind: String, sandbox: Sandbox, @TempDir folder: Path) {
        val log = folder.resolve("classes")
        val options = listOf("-Xlog:class+load:file=$log")
        assertEquals("ret_\n", runProgram("OneCall", kind, options = options, environment = environment(sandbox)).output)
        val classes = Files.readString(log)
        assertTrue("com.renumerate.RetentionSession " in classes, "the log lists the loaded classes")
        assertTrue("kotlin.collections.ArraysKt___ArraysKt " !in classes, "it is loaded")
    }

    @Test
    fun `JVM exits with pending calls`(sandbox: Sandbox) {
        sandbox.withStalledCustomer()
        val command = listOf("${Path.of(System.getProperty("java.home"), "bin", "java")}", "-cp", classPath.joinToString(":"))
        val builder = ProcessBuilder(command + listOf("com.renumerate.programs.PendingCallsKt", STALLED))
        builder.environment().putAll(environment(sandbox))
        val process = builder.start()
        sandbox.awaitStalled(3)
        process.outputStream.use { it.write('\n'.code) }
        assertEquals("started\nreturns\n", process.inputStream.readBytes().decodeToString())
        assertEquals(0, process.waitFor())
        sandbox.awaitClosed(3)
    }

    @Test
    fun `client has no thread before its first call and no attached thread when idle`(sandbox: Sandbox) {
        val result = runProgram("Startup", environment = environment(sandbox))
        val expected =
            """
            created: 0 threads, 0 sockets
            blocking: 0 threads
            suspend: 1 threads
            idle: attached false
            again: 1 threads
            """
        assertEquals(expected.trimIndent() + "\n", result.output)
    }

    @Test
    fun `class loaders are independent, and one can be unloaded`(sandbox: Sandbox) {
        val result = runProgram("TwoLoaders", environment = environment(sandbox))
        assertEquals("ret_ ret_\nreleased: true\nret_\nret_\n", result.output)
        assertEquals(0, result.status)
    }

    @Test
    fun `missing native library is reported with the remedy`(sandbox: Sandbox, @TempDir folder: Path) {
        val stripped = rewriteJar(folder.resolve("stripped.jar")) { name, bytes -> bytes.takeUnless { name.endsWith(".so") } }
        val result =
            runProgram("OneCall", "blocking", classPath = classPath - clientJar + "$stripped", environment = environment(sandbox))
        val file = "linux-x86-64/librenumerate_uniffi.so"
        assertTrue(
            result.output.startsWith("ConfigurationException: the native library for linux-x86-64 is missing: no $file"),
            result.output,
        )
        assertTrue("use a jar of renumerate-kotlin that was built for linux-x86-64" in result.output, result.output)
        assertEquals(1, result.output.trim().lines().size, result.output)
    }

    @Test
    fun `native library that cannot be loaded is reported with the reason`(sandbox: Sandbox, @TempDir folder: Path) {
        val truncated = rewriteJar(folder.resolve("truncated.jar")) { name, bytes ->
            if (name.endsWith(".so")) bytes.copyOf(100) else bytes
        }
        val result =
            runProgram("OneCall", "suspend", classPath = classPath - clientJar + "$truncated", environment = environment(sandbox))
        val output = result.output
        assertTrue("ConfigurationException: the native library for linux-x86-64 cannot be loaded from" in output, output)
        assertTrue(
            Regex("[.]so: .*(cannot read|too short|truncated|ELF).*; JNA unpacks").containsMatchIn(output),
            output,
        )
    }

    @Test
    fun `missing key is reported when the client is created`() {
        val result = runProgram("OneCall", "blocking", environment = mapOf("RENUMERATE_PRIVATE_KEY" to ""))
        assertTrue("ConfigurationException" in result.output && "RENUMERATE_PRIVATE_KEY" in result.output, result.output)
    }

    @Test
    fun `jar may be in a folder whose name has spaces`(sandbox: Sandbox, @TempDir folder: Path) {
        val jar = Files.createDirectory(folder.resolve("a folder (1) ü")).resolve("renumerate.jar")
        Files.copy(Path.of(clientJar), jar)
        val result =
            runProgram("OneCall", "blocking", classPath = classPath - clientJar + "$jar", environment = environment(sandbox))
        assertEquals("ret_\n", result.output)
    }

    /** Copies the client's jar. `change` returns the new content of each file, or `null` to omit it. */
    private fun rewriteJar(target: Path, change: (String, ByteArray) -> ByteArray?): Path {
        JarFile(clientJar).use { jar ->
            JarOutputStream(Files.newOutputStream(target)).use { output ->
                for (entry in jar.entries()) {
                    val bytes = change(entry.name, jar.getInputStream(entry).readBytes()) ?: continue
                    output.putNextEntry(ZipEntry(entry.name))
                    output.write(bytes)
                }
            }
        }
        return target
    }
}

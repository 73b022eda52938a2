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

/** What only a JVM of its own can show. */
@SandboxTest
class ProcessTest {
    private fun environment(sandbox: Sandbox) =
        mapOf("RENUMERATE_BASE_URL" to sandbox.url, "RENUMERATE_PRIVATE_KEY" to sandbox.privateKey)

    @Test
    fun `the tests run from the jar`() {
        assertTrue(clientJar.endsWith(".jar"), clientJar)
        assertEquals(Path.of(clientJar).toUri(), Client::class.java.protectionDomain.codeSource.location.toURI())
    }

    @ParameterizedTest
    @ValueSource(strings = ["suspend", "blocking", "future"])
    fun `a program ends when it has its session`(kind: String, sandbox: Sandbox) {
        assertEquals("ret_\n", runProgram("OneCall", kind, environment = environment(sandbox)).said)
    }

    /** This class takes 18 ms to load, and 3.5 MB. `listOfNotNull` and functions of arrays load it. */
    @ParameterizedTest
    @ValueSource(strings = ["suspend", "blocking", "future"])
    fun `first call does not load ArraysKt`(kind: String, sandbox: Sandbox, @TempDir folder: Path) {
        val log = folder.resolve("classes")
        val options = listOf("-Xlog:class+load:file=$log")
        assertEquals("ret_\n", runProgram("OneCall", kind, options = options, environment = environment(sandbox)).said)
        val classes = Files.readString(log)
        assertTrue("com.renumerate.RetentionSession " in classes, "the log lists the loaded classes")
        assertTrue("kotlin.collections.ArraysKt___ArraysKt " !in classes, "it is loaded")
    }

    @Test
    fun `a JVM ends by itself with calls under way`(sandbox: Sandbox) {
        sandbox.withOneThatStalls()
        val command = listOf("${Path.of(System.getProperty("java.home"), "bin", "java")}", "-cp", classPath.joinToString(":"))
        val builder = ProcessBuilder(command + listOf("com.renumerate.programs.PendingCallsKt", NEVER))
        builder.environment().putAll(environment(sandbox))
        val process = builder.start()
        sandbox.awaitStalled(3)
        process.outputStream.use { it.write('\n'.code) }
        assertEquals("started\nreturns\n", process.inputStream.readBytes().decodeToString())
        assertEquals(0, process.waitFor())
        sandbox.awaitClosed(3)
    }

    @Test
    fun `a client costs no thread and no socket before its first call, and holds no thread of the JVM after it`(
        sandbox: Sandbox,
    ) {
        val ended = runProgram("Startup", environment = environment(sandbox))
        val expected =
            """
            made: 0 threads, 0 sockets
            blocking: 0 threads
            suspend: 1 threads
            at rest: attached false
            again: 1 threads
            """
        assertEquals(expected.trimIndent() + "\n", ended.said)
    }

    @Test
    fun `class loaders side by side, and one that is taken away`(sandbox: Sandbox) {
        val ended = runProgram("TwoLoaders", environment = environment(sandbox))
        assertEquals("ret_ ret_\nlet go within a moment: true\nret_\nret_\n", ended.said)
        assertEquals(0, ended.status)
    }

    @Test
    fun `a native library that is missing is named, with the remedy`(sandbox: Sandbox, @TempDir folder: Path) {
        val bare = rewritten(folder.resolve("bare.jar")) { name, bytes -> bytes.takeUnless { name.endsWith(".so") } }
        val ended =
            runProgram("OneCall", "blocking", classPath = classPath - clientJar + "$bare", environment = environment(sandbox))
        val file = "linux-x86-64/librenumerate_uniffi.so"
        assertTrue(
            ended.said.startsWith("ConfigurationException: the native library for linux-x86-64 is missing: no $file"),
            ended.said,
        )
        assertTrue("take a jar of renumerate-kotlin that was built for linux-x86-64" in ended.said, ended.said)
        assertEquals(1, ended.said.trim().lines().size, ended.said)
    }

    @Test
    fun `a native library that cannot be loaded is named, with the reason`(sandbox: Sandbox, @TempDir folder: Path) {
        val odd = rewritten(folder.resolve("odd.jar")) { name, bytes -> if (name.endsWith(".so")) bytes.copyOf(100) else bytes }
        val ended =
            runProgram("OneCall", "suspend", classPath = classPath - clientJar + "$odd", environment = environment(sandbox))
        assertTrue("ConfigurationException: the native library for linux-x86-64 cannot be loaded from" in ended.said, ended.said)
        assertTrue(
            Regex("[.]so: .*(cannot read|too short|truncated|ELF).*; where the folder").containsMatchIn(ended.said),
            ended.said,
        )
    }

    @Test
    fun `a key that is missing is told when the client is made`() {
        val ended = runProgram("OneCall", "blocking", environment = mapOf("RENUMERATE_PRIVATE_KEY" to ""))
        assertTrue("ConfigurationException" in ended.said && "RENUMERATE_PRIVATE_KEY" in ended.said, ended.said)
    }

    @Test
    fun `a folder whose name has spaces`(sandbox: Sandbox, @TempDir folder: Path) {
        val jar = Files.createDirectory(folder.resolve("a folder (1) ü")).resolve("renumerate.jar")
        Files.copy(Path.of(clientJar), jar)
        val ended =
            runProgram("OneCall", "blocking", classPath = classPath - clientJar + "$jar", environment = environment(sandbox))
        assertEquals("ret_\n", ended.said)
    }

    /** The client's jar with each file as it is changed, or left out. */
    private fun rewritten(target: Path, change: (String, ByteArray) -> ByteArray?): Path {
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

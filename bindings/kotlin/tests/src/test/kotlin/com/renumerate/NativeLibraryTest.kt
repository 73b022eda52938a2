package com.renumerate

import com.renumerate.programs.classPath
import com.renumerate.programs.runProgram
import com.renumerate.testing.Sandbox
import com.renumerate.testing.SandboxTest
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.nio.file.Files
import java.nio.file.Path
import java.util.jar.JarFile

/** Tests of folders and JNA versions with which the native library or the command of the sandbox cannot be loaded. */
@SandboxTest
class NativeLibraryTest(private val sandbox: Sandbox) {
    private fun jna(version: String) = Path.of(System.getProperty("other.versions"), "jna-$version.jar")

    /** Runs a program, and returns the line that it has printed for each of [attempts]. All lines must be the same. */
    private fun repeatedLine(
        program: String,
        attempts: Int,
        vararg options: String,
        classPath: List<String> = com.renumerate.programs.classPath,
        wrapper: List<String> = emptyList(),
    ): String {
        val environment = mapOf("RENUMERATE_BASE_URL" to sandbox.url, "RENUMERATE_PRIVATE_KEY" to sandbox.privateKey)
        val result =
            runProgram(program, classPath = classPath, options = options.toList(), environment = environment, wrapper = wrapper)
        val lines = result.output.trim().replace(Regex("renumerate-sandbox\\d+"), "renumerate-sandbox…").lines()
        // JNA logs a warning with a stack trace before the first line if its folder is read-only.
        assertEquals(1, lines.takeLast(attempts).toSet().size, result.output)
        return lines.last()
    }

    private fun withJna(version: String) = classPath.filterNot { "/jna-" in it } + "${jna(version)}"

    /** Returns a command that runs another command while [folder] is an empty file system with this mount option. */
    private fun mounting(folder: Path, option: String): List<String> {
        val wrapper = listOf("unshare", "--mount", "sh", "-c", "mount -t tmpfs -o $option tmpfs '$folder' && exec \"$@\"", "sh")
        val canMount = runCatching { ProcessBuilder(wrapper + "true").start().waitFor() == 0 }.getOrDefault(false)
        assumeTrue(canMount || System.getenv("CI") == "true", "this user may not mount: run the tests as root")
        return wrapper
    }

    @ParameterizedTest
    @ValueSource(strings = ["noexec", "ro"])
    fun `client names the folder that does not suit, and the property to move it`(option: String, @TempDir folder: Path) {
        val line = repeatedLine("ThreeClients", 3, "-Djna.tmpdir=$folder", wrapper = mounting(folder, option))
        assertTrue(line.startsWith("ConfigurationException: the native library for linux-x86-64 cannot be loaded"), line)
        assertTrue("$folder" in line && (if (option == "ro") "is not writable" else "failed to map segment") in line, line)
        assertTrue(line.endsWith("(no mount option noexec): set another folder with -Djna.tmpdir=FOLDER"), line)
    }

    @ParameterizedTest
    @ValueSource(strings = ["noexec", "ro"])
    fun `sandbox names the folder that does not suit, and the property to move it`(option: String, @TempDir folder: Path) {
        val line = repeatedLine("StartSandbox", 2, "-Djava.io.tmpdir=$folder", wrapper = mounting(folder, option))
        val command = "$folder/renumerate-sandbox…"
        val problem =
            if (option == "ro") {
                "cannot unpack the command: java.nio.file.FileSystemException: $command: Read-only file system"
            } else {
                "the command $command/renumerate cannot be executed: error=13, Permission denied"
            }
        assertTrue(line.startsWith("IllegalStateException: could not start the sandbox: $problem; "), line)
        assertTrue(line.endsWith("set another folder for temporary files with -Djava.io.tmpdir=FOLDER"), line)
    }

    @Test
    fun `old JNA is reported with its version, its jar and the remedy`() {
        val expected = "the class path has JNA 4.5.2 (${jna("4.5.2")}): use net.java.dev.jna:jna 5.5 or later"
        assertEquals("ConfigurationException: $expected", repeatedLine("ThreeClients", 3, classPath = withJna("4.5.2")))
    }

    @Test
    fun `oldest supported JNA works`() {
        assertEquals("ret_", repeatedLine("ThreeClients", 3, classPath = withJna("5.5.0")))
    }

    @Test
    fun `native library of another JNA is reported with its path`(@TempDir folder: Path) {
        val file = folder.resolve("libjnidispatch.so")
        JarFile(jna("4.5.2").toFile()).use { jar ->
            Files.copy(jar.getInputStream(jar.getEntry("com/sun/jna/linux-x86-64/libjnidispatch.so")), file)
        }
        val line = repeatedLine("ThreeClients", 3, "-Djna.boot.library.path=$folder")
        assertTrue(line.startsWith("ConfigurationException: the native library cannot be used with JNA 5."), line)
        assertTrue("There is an incompatible JNA native library" in line && "(at $file)" in line, line)
    }
}

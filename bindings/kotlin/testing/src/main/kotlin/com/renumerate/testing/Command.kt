package com.renumerate.testing

import java.io.IOException
import java.io.InputStream
import java.nio.file.Files
import java.nio.file.Path

/** Locates the `renumerate` command, which contains the sandbox. */
internal object Command {
    /**
     * Returns the path of the command, which is unpacked from this jar once per JVM. If this jar does not contain the
     * command, returns its name, so that the operating system finds it on the `PATH`.
     */
    fun find(): String = unpacked?.toString() ?: "renumerate"

    private val unpacked: Path? by lazy {
        val resource = Command::class.java.getResourceAsStream(resource()) ?: return@lazy null
        try {
            resource.use(::unpack)
        } catch (error: IOException) {
            throw IllegalStateException("could not start the sandbox: cannot unpack the command: $error; $SET_FOLDER", error)
        }
    }

    private fun unpack(content: InputStream): Path {
        val file = Files.createTempDirectory("renumerate-sandbox").resolve(name())
        file.parent.toFile().deleteOnExit() // the JVM deletes in reverse order: the file, then the folder
        file.toFile().deleteOnExit()
        Files.copy(content, file)
        file.toFile().setExecutable(true)
        return file
    }

    private const val SET_FOLDER = "set another folder for temporary files with -Djava.io.tmpdir=FOLDER"

    /** Returns the problem of a command that does not exist, with its remedy. */
    fun missing(command: String) =
        "the command $command does not exist; add renumerate-testing for this platform to the class path, or set the " +
            "parameter command to its path"

    /** Returns the problem of a command that the system refuses to run, with its remedy. */
    fun rejected(command: String, reason: String?) =
        "the command $command cannot be executed: $reason; run \"chmod +x $command\", or move it to a folder that is not " +
            "mounted noexec; if it is the command of renumerate-testing, $SET_FOLDER"

    private fun name() = if (System.getProperty("os.name").startsWith("Windows")) "renumerate.exe" else "renumerate"

    /** Returns the resource name of the command. Its folder has the same name as the folder of the native library. */
    private fun resource(): String = "/com/renumerate/testing/${com.sun.jna.Platform.RESOURCE_PREFIX}/${name()}"
}

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
            throw IllegalStateException("cannot unpack the command of the sandbox: $error; $REMEDY", error)
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

    /** Remedy if the folder for temporary files is unsuitable. */
    const val REMEDY =
        "the command in the jar of renumerate-testing is unpacked into the folder for temporary files, which must be writable " +
            "and must allow execution (no mount option noexec): set another folder with -Djava.io.tmpdir=FOLDER"

    private fun name() = if (System.getProperty("os.name").startsWith("Windows")) "renumerate.exe" else "renumerate"

    /** Returns the resource name of the command. Its folder has the same name as the folder of the native library. */
    private fun resource(): String = "/com/renumerate/testing/${com.sun.jna.Platform.RESOURCE_PREFIX}/${name()}"
}

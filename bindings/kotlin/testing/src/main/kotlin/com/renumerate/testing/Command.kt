package com.renumerate.testing

import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption

/** Locates the `renumerate` command, which contains the sandbox. */
internal object Command {
    /**
     * Returns the path of the command, which is unpacked from this jar once per JVM. If this jar does not contain the
     * command, returns its name, so that the operating system finds it on the `PATH`.
     */
    fun find(): String = unpacked?.toString() ?: "renumerate"

    private val unpacked: Path? by lazy {
        val resource = Command::class.java.getResourceAsStream(resource()) ?: return@lazy null
        val file = Files.createTempDirectory("renumerate-sandbox").resolve(name())
        resource.use { Files.copy(it, file, StandardCopyOption.REPLACE_EXISTING) }
        file.toFile().setExecutable(true)
        file.parent.toFile().deleteOnExit() // the JVM deletes in reverse order: the file, then the folder
        file.toFile().deleteOnExit()
        file
    }

    private fun name() = if (System.getProperty("os.name").startsWith("Windows")) "renumerate.exe" else "renumerate"

    /** Returns the resource name of the command. Its folder has the same name as the folder of the native library. */
    private fun resource(): String = "/com/renumerate/testing/${com.sun.jna.Platform.RESOURCE_PREFIX}/${name()}"
}

package com.renumerate.testing

import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption

/** Where the `renumerate` command is. */
internal object Command {
    /** That of this jar, which is unpacked once for a JVM; else the one on the path. */
    fun find(): String = unpacked?.toString() ?: "renumerate"

    private val unpacked: Path? by lazy {
        val resource = Command::class.java.getResourceAsStream(resource()) ?: return@lazy null
        val file = Files.createTempDirectory("renumerate-sandbox").resolve(name())
        resource.use { Files.copy(it, file, StandardCopyOption.REPLACE_EXISTING) }
        file.toFile().setExecutable(true)
        file.parent.toFile().deleteOnExit() // the last first: the file, and then the folder
        file.toFile().deleteOnExit()
        file
    }

    private fun name() = if (System.getProperty("os.name").startsWith("Windows")) "renumerate.exe" else "renumerate"

    /** `/linux-x86-64/renumerate`: the folders are called as those of the client's native library. */
    private fun resource(): String = "/com/renumerate/testing/${com.sun.jna.Platform.RESOURCE_PREFIX}/${name()}"
}

package com.renumerate.internal

import com.renumerate.ConfigurationException
import com.renumerate.ErrorDetails
import com.sun.jna.CallbackThreadInitializer
import com.sun.jna.Native
import com.sun.jna.Platform

/** Native library, loaded when the first client is created. */
internal object NativeLibrary {
    /** Name of the library's thread while it is attached to the JVM. */
    const val THREAD_NAME: String = "renumerate"

    private val loadError: Throwable? =
        try {
            uniffiEnsureInitialized()
            // JNA attaches the library's thread to the JVM, as a daemon thread, at the first callback. The thread stays
            // attached until all calls have ended, because attaching it again for each callback would be too slow.
            Native.setCallbackThreadInitializer(
                uniffiRustFutureContinuationCallbackImpl,
                CallbackThreadInitializer(true, false, THREAD_NAME),
            )
            null
        } catch (error: LinkageError) {
            error
        }

    /** Throws a [ConfigurationException] with the cause and a remedy if the library could not be loaded. */
    fun ensureLoaded() {
        if (loadError != null) throw loadException(loadError)
    }

    private fun loadException(error: Throwable): ConfigurationException {
        val platform = Platform.RESOURCE_PREFIX
        val file = "$platform/${System.mapLibraryName("renumerate_uniffi")}"
        val reason =
            if (NativeLibrary::class.java.classLoader?.getResource(file) == null) {
                "the native library for $platform is missing: no $file is on the class path; take a jar of renumerate-kotlin " +
                    "that was built for $platform, and keep its resources where jars are merged"
            } else {
                "the native library for $platform cannot be loaded from $file: ${rootCause(error).message}; where the folder " +
                    "for temporary files allows no execution, name another one by -Djna.tmpdir"
            }
        val oneLine = reason.lineSequence().joinToString(" ") { it.trim() }
        return ConfigurationException(ErrorDetails("configuration", oneLine, oneLine, field = "native library", cause = error))
    }

    private fun rootCause(error: Throwable): Throwable = generateSequence(error) { it.cause }.last()
}

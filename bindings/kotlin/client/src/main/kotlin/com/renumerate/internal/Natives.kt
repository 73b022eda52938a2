package com.renumerate.internal

import com.renumerate.ConfigurationException
import com.renumerate.ErrorDetails
import com.sun.jna.CallbackThreadInitializer
import com.sun.jna.Native
import com.sun.jna.Platform

/** The native library: loaded when the first client is made, or refused with the reason and the remedy. */
internal object Natives {
    /** What the JVM calls the library's thread, while that is attached to it. */
    const val THREAD: String = "renumerate"

    private val flaw: Throwable? =
        try {
            uniffiEnsureInitialized()
            // A thread of the library's that calls back stays attached to the JVM until the calls have ended, and does not
            // keep it from ending: attached anew for each call it would take longer than the calls themselves.
            Native.setCallbackThreadInitializer(
                uniffiRustFutureContinuationCallbackImpl,
                CallbackThreadInitializer(true, false, THREAD),
            )
            null
        } catch (error: LinkageError) {
            error
        }

    /** Throws where the library could not be loaded. */
    fun ensureLoaded() {
        if (flaw != null) throw cannotBeLoaded(flaw)
    }

    private fun cannotBeLoaded(flaw: Throwable): ConfigurationException {
        val platform = Platform.RESOURCE_PREFIX
        val file = "$platform/${System.mapLibraryName("renumerate_uniffi")}"
        val reason =
            if (Natives::class.java.classLoader?.getResource(file) == null) {
                "the native library for $platform is missing: no $file is on the class path; take a jar of renumerate-kotlin " +
                    "that was built for $platform, and keep its resources where jars are merged"
            } else {
                "the native library for $platform cannot be loaded from $file: ${rootOf(flaw).message}; where the folder " +
                    "for temporary files allows no execution, name another one by -Djna.tmpdir"
            }
        val oneLine = reason.lineSequence().joinToString(" ") { it.trim() }
        return ConfigurationException(ErrorDetails("configuration", oneLine, oneLine, field = "native library", cause = flaw))
    }

    private fun rootOf(error: Throwable): Throwable = generateSequence(error) { it.cause }.last()
}

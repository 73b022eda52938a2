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
        } catch (error: Throwable) {
            error // JNA throws a plain `Error` if the JNA library of the system is incompatible
        }

    /** Throws a [ConfigurationException] with the cause and a remedy if the library could not be loaded. */
    fun ensureLoaded() {
        if (loadError != null) throw loadException(loadError)
    }

    private fun loadException(error: Throwable): ConfigurationException {
        val oneLine = reason(error).lineSequence().map { it.trim() }.filter { it.isNotEmpty() }.joinToString(" ")
        return ConfigurationException(ErrorDetails("configuration", oneLine, oneLine, field = "native library", cause = error))
    }

    private fun reason(error: Throwable): String {
        // This comes first: the other branches use members of JNA that old versions do not have.
        if (loadClass("com.sun.jna.Structure\$FieldOrder") == null) {
            return "the class path has $jna: use net.java.dev.jna:jna 5.5 or later"
        }
        val cause = generateSequence(error) { it.cause }.last()
        if (cause !is UnsatisfiedLinkError) return "the native library cannot be used with $jna: ${cause.message}"
        val platform = Platform.RESOURCE_PREFIX
        val file = "$platform/${System.mapLibraryName("renumerate_uniffi")}"
        if (NativeLibrary::class.java.classLoader?.getResource(file) == null) {
            return "the native library for $platform is missing: no $file is on the class path; use a jar of " +
                "renumerate-kotlin that was built for $platform, and keep its resources if you merge jars"
        }
        return "the native library for $platform cannot be loaded from $file: ${cause.message}; JNA unpacks it into a folder, " +
            "which must be writable and must allow execution (no mount option noexec): " +
            "set another folder with -Djna.tmpdir=FOLDER"
    }

    /** Describes the JNA on the class path by its version and its jar. */
    private val jna: String
        get() {
            val type = loadClass("com.sun.jna.Native") ?: return "no JNA"
            val version = type.`package`?.implementationVersion?.substringBefore(' ') ?: "of an unknown version"
            return "JNA $version (${type.protectionDomain?.codeSource?.location?.path})"
        }

    /** Loads a class without its static initializer, which fails if JNA cannot load its own native library. */
    private fun loadClass(name: String): Class<*>? = try {
        Class.forName(name, false, NativeLibrary::class.java.classLoader)
    } catch (_: ClassNotFoundException) {
        null
    }
}

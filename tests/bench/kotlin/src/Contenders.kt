// Who takes part: each sets itself up against a target, and gives a call that returns the id of a session.
//
// What a library needs is in a file of its own, and so loaded only in the process of a contender that takes it: others
// do not have it on their class path.

package com.renumerate.bench

import java.util.concurrent.CompletableFuture

/** How a call is waited for. */
internal enum class Kind(val title: String) {
    SUSPEND("coroutines"),
    BLOCKING("threads"),
    FUTURE("futures"),
}

internal sealed interface Call

internal fun interface SuspendCall : Call {
    suspend fun call(): String
}

internal fun interface BlockingCall : Call {
    fun call(): String
}

internal fun interface FutureCall : Call {
    fun call(): CompletableFuture<String>
}

internal enum class Contender(val kind: Kind, val title: String, private vararg val libraries: String) {
    CLIENT(Kind.SUSPEND, "renumerate.Client", RENUMERATE),
    OKHTTP_SUSPEND(Kind.SUSPEND, OKHTTP_TITLE, OKHTTP, COROUTINES, JSON),
    JAVA_SUSPEND(Kind.SUSPEND, JAVA_TITLE, COROUTINES, JSON),
    KTOR_CIO(Kind.SUSPEND, "Ktor, CIO", KTOR_CIO_ENGINE, JSON),
    KTOR_OKHTTP(Kind.SUSPEND, "Ktor, OkHttp", KTOR_OKHTTP_ENGINE, JSON),

    BLOCKING_CLIENT(Kind.BLOCKING, "renumerate.BlockingClient", RENUMERATE),
    OKHTTP_BLOCKING(Kind.BLOCKING, OKHTTP_TITLE, OKHTTP, JSON),
    JAVA_BLOCKING(Kind.BLOCKING, JAVA_TITLE, JSON),

    ASYNC_CLIENT(Kind.FUTURE, "renumerate.AsyncClient", RENUMERATE),
    OKHTTP_FUTURE(Kind.FUTURE, OKHTTP_TITLE, OKHTTP, JSON),
    JAVA_FUTURE(Kind.FUTURE, JAVA_TITLE, JSON),
    ;

    /** The call, of the contender's kind. */
    fun start(target: Target): Call = when (this) {
        CLIENT -> renumerateSuspend(target)
        OKHTTP_SUSPEND -> okHttpSuspend(target)
        JAVA_SUSPEND -> javaHttpSuspend(target)
        KTOR_CIO -> ktorOnCio(target)
        KTOR_OKHTTP -> ktorOnOkHttp(target)
        BLOCKING_CLIENT -> renumerateBlocking(target)
        OKHTTP_BLOCKING -> okHttpBlocking(target)
        JAVA_BLOCKING -> javaHttpBlocking(target)
        ASYNC_CLIENT -> renumerateFuture(target)
        OKHTTP_FUTURE -> okHttpFuture(target)
        JAVA_FUTURE -> javaHttpFuture(target)
    }

    /** Its jars and all that they need. */
    fun jars(all: Libraries): List<Jar> = all.withAllTheyNeed(*libraries)

    override fun toString(): String = "$title (${kind.title})"

    companion object {
        fun of(kind: Kind): List<Contender> = entries.filter { it.kind == kind }

        /** Whom the others of this kind are compared with: what most backends have. */
        fun peer(kind: Kind): Contender = of(kind).first { it.title == OKHTTP_TITLE }
    }
}

internal const val RENUMERATE = "renumerate-kotlin"
internal const val OKHTTP = "okhttp-jvm"
internal const val JSON = "kotlinx-serialization-json-jvm"
internal const val KTOR_CIO_ENGINE = "ktor-client-cio-jvm"
internal const val KTOR_OKHTTP_ENGINE = "ktor-client-okhttp-jvm"
internal const val COROUTINES = "kotlinx-coroutines-core-jvm"

private const val OKHTTP_TITLE = "OkHttp"
private const val JAVA_TITLE = "java.net.http"

package com.renumerate

import java.time.Duration

/** Field values of a [RenumerateException]. Only this library creates instances. */
public class ErrorDetails internal constructor(
    internal val code: String,
    internal val text: String,
    internal val reason: String,
    internal val retryable: Boolean = false,
    internal val attempts: List<Attempt> = emptyList(),
    internal val hints: List<String> = emptyList(),
    internal val host: String? = null,
    internal val hostSetting: String? = null,
    internal val field: String? = null,
    internal val status: Int? = null,
    internal val requestId: String? = null,
    internal val contentType: String? = null,
    internal val body: String? = null,
    internal val retryAfter: Duration? = null,
    internal val phase: NetworkPhase? = null,
    internal val timeoutScope: TimeoutScope? = null,
    internal val cause: Throwable? = null,
)

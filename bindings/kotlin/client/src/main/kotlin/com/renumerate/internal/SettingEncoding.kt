package com.renumerate.internal

import java.time.Duration

/**
 * Creates the request of a call from typed parameters and options. Absent ones are left out. [parameters] and [options]
 * are those that the caller has set by name. The [timeout] is in milliseconds.
 */
internal fun sessionRequest(
    kind: EndpointKind,
    customerId: String?,
    customerEmail: String?,
    subscriptionId: String?,
    timeout: Double?,
    maxRetries: Int?,
    parameters: List<Setting> = emptyList(),
    options: List<Setting> = emptyList(),
): Request {
    val typedParameters =
        listOfNotNull(
            customerId?.let { encodeSetting("customerId", it) },
            customerEmail?.let { encodeSetting("customerEmail", it) },
            subscriptionId?.let { encodeSetting("subscriptionId", it) },
        )
    val typedOptions =
        listOfNotNull(
            timeout?.let { encodeSetting("timeout", it) },
            maxRetries?.let { encodeSetting("maxRetries", it) },
        )
    return Request(kind, typedParameters + parameters, options + typedOptions, collectLogs = false)
}

/**
 * Encodes an option or a parameter for native code. The core checks whether the option or parameter has this type. Text
 * is not checked: see [withInvalidTextMarked].
 */
internal fun encodeSetting(name: String, value: Any?): Setting = Setting(
    name,
    when (value) {
        null -> SettingValue.Absent
        is Number -> SettingValue.Number(value.toDouble())
        is Duration -> SettingValue.Number(value.inMilliseconds())
        is kotlin.time.Duration -> SettingValue.Number(value.inMilliseconds())
        else -> SettingValue.Text(value.toString())
    },
)

/**
 * Marks text that has no UTF-8 form, because it contains an unpaired surrogate. `SettingValue.Broken` replaces such a
 * value, so that the core can reject the option or parameter. A question mark replaces the surrogate in a name, and the
 * core rejects the name as unknown.
 */
internal fun Setting.withInvalidTextMarked(): Setting = Setting(
    name.toByteArray().decodeToString(),
    if (value is SettingValue.Text && !isEncodable(value.text)) SettingValue.Broken else value,
)

/** Marks invalid text in all parameters and options. Scanning text takes time, so do this only if serialization fails. */
internal fun Request.withInvalidTextMarked(): Request = copy(
    parameters = parameters.map { it.withInvalidTextMarked() },
    options = options.map { it.withInvalidTextMarked() },
)

private fun isEncodable(text: String): Boolean = Charsets.UTF_8.newEncoder().canEncode(text)

/** Returns the key, or U+FFFD for a key without a UTF-8 form. The core rejects U+FFFD, because keys must be ASCII. */
internal fun encodableKey(key: String?): String? = key?.let { if (isEncodable(it)) it else "\uFFFD" }

internal fun Duration.inMilliseconds(): Double = seconds * 1e3 + nano / 1e6

internal fun kotlin.time.Duration.inMilliseconds(): Double = toDouble(kotlin.time.DurationUnit.MILLISECONDS)

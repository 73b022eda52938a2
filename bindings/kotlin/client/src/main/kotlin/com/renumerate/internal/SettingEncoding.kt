package com.renumerate.internal

import java.io.File
import java.net.URI
import java.net.URL
import java.nio.file.Path
import java.time.Duration

/**
 * Creates the request of a call. Arguments that are `null` are left out. [parameters] and [options] contain what the
 * caller has set by name. The [timeout] is in milliseconds.
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
    // `listOfNotNull` would load the class `ArraysKt`, which is so large that it adds 18 ms and 3.5 MB to the first call.
    val allParameters = ArrayList<Setting>()
    allParameters.addIfSet("customerId", customerId)
    allParameters.addIfSet("customerEmail", customerEmail)
    allParameters.addIfSet("subscriptionId", subscriptionId)
    allParameters.addAll(parameters)
    val allOptions = ArrayList(options)
    allOptions.addIfSet("timeout", timeout)
    allOptions.addIfSet("maxRetries", maxRetries)
    return Request(kind, allParameters, allOptions, collectLogs = false)
}

private fun MutableList<Setting>.addIfSet(name: String, value: Any?) {
    if (value != null) add(encodeSetting(name, value))
}

/**
 * Encodes an option or a parameter for native code, which checks its name and its type. Of a value with another type,
 * such as `char[]` or `Optional`, only the type is encoded: `toString` does not return the text that the caller means.
 *
 * This function does not check whether text has a UTF-8 form: see [withInvalidTextMarked].
 */
internal fun encodeSetting(name: String, value: Any?): Setting = Setting(
    name,
    when (value) {
        null -> SettingValue.Absent
        is Number -> SettingValue.Number(value.toDouble())
        is Duration -> SettingValue.Number(value.inMilliseconds())
        is kotlin.time.Duration -> SettingValue.Number(value.inMilliseconds())
        is CharSequence, is Path, is File, is URI, is URL -> SettingValue.Text(value.toString())
        else -> SettingValue.Unsupported(value.javaClass.typeName)
    },
)

/**
 * Returns a copy in which invalid text is marked. Text is invalid if it contains an unpaired surrogate (half of a
 * UTF-16 pair), because it then has no UTF-8 form. If the value is invalid, the copy has `SettingValue.Unsupported`
 * instead, and native code rejects it. In an invalid name, a question mark replaces the surrogate, and native code
 * rejects the name as unknown.
 */
internal fun Setting.withInvalidTextMarked(): Setting = Setting(
    name.toByteArray().decodeToString(),
    if (value is SettingValue.Text && !isEncodable(value.text)) SettingValue.Unsupported("half of a character") else value,
)

/**
 * Returns a copy in which invalid text is marked in all parameters and options. Call this function only if
 * serialization fails, because it takes time to scan the text.
 */
internal fun Request.withInvalidTextMarked(): Request = copy(
    parameters = parameters.map { it.withInvalidTextMarked() },
    options = options.map { it.withInvalidTextMarked() },
)

private fun isEncodable(text: String): Boolean = Charsets.UTF_8.newEncoder().canEncode(text)

/** Returns the key, or U+FFFD if the key has no UTF-8 form. Native code rejects U+FFFD, because keys must be ASCII. */
internal fun encodableKey(key: String?): String? = key?.let { if (isEncodable(it)) it else "\uFFFD" }

internal fun Duration.inMilliseconds(): Double = seconds * 1e3 + nano / 1e6

internal fun kotlin.time.Duration.inMilliseconds(): Double = toDouble(kotlin.time.DurationUnit.MILLISECONDS)

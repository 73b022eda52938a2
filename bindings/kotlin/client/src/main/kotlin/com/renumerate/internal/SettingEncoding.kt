package com.renumerate.internal

import java.time.Duration

/** Encodes an option or a parameter for native code. The core checks whether the option or parameter has this type. */
internal fun encodeSetting(name: String, value: Any?): Setting = Setting(
    name.toByteArray().decodeToString(), // replaces unpaired surrogates; the core rejects such names as unknown
    when (value) {
        null -> SettingValue.Absent
        is Number -> SettingValue.Number(value.toDouble())
        is Duration -> SettingValue.Number(value.inMilliseconds())
        is kotlin.time.Duration -> SettingValue.Number(value.inMilliseconds())
        else -> encodeText(value.toString())
    },
)

/** Encodes a string. `SettingValue.Broken` stands for a string with an unpaired surrogate, which has no UTF-8 form. */
private fun encodeText(text: String): SettingValue =
    if (Charsets.UTF_8.newEncoder().canEncode(text)) SettingValue.Text(text) else SettingValue.Broken

/**
 * Moves the ids and the e-mail address to the list of parameters by name. In that list, `SettingValue.Broken` replaces
 * a string that has no UTF-8 form, so that the core can reject the parameter.
 */
internal fun Request.withInvalidTextMarked(): Request {
    val typed = mapOf("customerId" to customerId, "customerEmail" to customerEmail, "subscriptionId" to subscriptionId)
    val named = typed.filterValues { it != null }.map { (name, text) -> encodeSetting(name, text) }
    return copy(customerId = null, customerEmail = null, subscriptionId = null, parameters = named + parameters)
}

/** Returns the key, or U+FFFD for a key without a UTF-8 form. The core rejects U+FFFD, because keys must be ASCII. */
internal fun encodableKey(key: String?): String? = key?.let { if (encodeText(it) is SettingValue.Text) it else "\uFFFD" }

internal fun Duration.inMilliseconds(): Double = seconds * 1e3 + nano / 1e6

internal fun kotlin.time.Duration.inMilliseconds(): Double = toDouble(kotlin.time.DurationUnit.MILLISECONDS)

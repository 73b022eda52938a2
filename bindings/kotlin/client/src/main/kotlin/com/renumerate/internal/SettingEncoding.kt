package com.renumerate.internal

import java.time.Duration

/** Encodes an option or a parameter for native code. The core checks whether the type of the value fits the name. */
internal fun encodeSetting(name: String, value: Any?): Setting = Setting(
    name.toByteArray().decodeToString(), // replaces unpaired surrogates: a name with one is unknown to the core anyway
    when (value) {
        null -> SettingValue.Absent
        is Number -> SettingValue.Number(value.toDouble())
        is Duration -> SettingValue.Number(value.inMilliseconds())
        is kotlin.time.Duration -> SettingValue.Number(value.inMilliseconds())
        else -> encodeText(value.toString())
    },
)

/** Encodes a text. Text with an unpaired surrogate has no UTF-8 form and becomes `SettingValue.Broken`. */
private fun encodeText(text: String): SettingValue =
    if (Charsets.UTF_8.newEncoder().canEncode(text)) SettingValue.Text(text) else SettingValue.Broken

/** Moves text parameters to the named parameters, where text without a UTF-8 form is marked for the core to reject. */
internal fun Request.withInvalidTextMarked(): Request {
    val typed = mapOf("customerId" to customerId, "customerEmail" to customerEmail, "subscriptionId" to subscriptionId)
    val named = typed.filterValues { it != null }.map { (name, text) -> encodeSetting(name, text) }
    return copy(customerId = null, customerEmail = null, subscriptionId = null, parameters = named + parameters)
}

/** Returns the key. A key without a UTF-8 form is replaced by one that the core rejects for the same reason. */
internal fun encodableKey(key: String?): String? = key?.let { if (encodeText(it) is SettingValue.Text) it else "\uFFFD" }

internal fun Duration.inMilliseconds(): Double = seconds * 1e3 + nano / 1e6

internal fun kotlin.time.Duration.inMilliseconds(): Double = toDouble(kotlin.time.DurationUnit.MILLISECONDS)

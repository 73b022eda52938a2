package com.renumerate.internal

import java.time.Duration

/** A setting as it crosses: whether its value is of a type that its name can take is for the core to say. */
internal fun setting(name: String, value: Any?): Setting = Setting(
    name.toByteArray().decodeToString(), // a name that cannot get across is unknown anyway
    when (value) {
        null -> SettingValue.Absent
        is Number -> SettingValue.Number(value.toDouble())
        is Duration -> SettingValue.Number(value.inMilliseconds())
        is kotlin.time.Duration -> SettingValue.Number(value.inMilliseconds())
        else -> textValue(value.toString())
    },
)

/** Text as it is, where it can get across: half of a surrogate pair cannot. */
private fun textValue(text: String): SettingValue =
    if (Charsets.UTF_8.newEncoder().canEncode(text)) SettingValue.Text(text) else SettingValue.Broken

/** The request with what cannot get across given by name, for the core to refuse. */
internal fun Request.withBrokenTexts(): Request {
    val typed = mapOf("customerId" to customerId, "customerEmail" to customerEmail, "subscriptionId" to subscriptionId)
    val named = typed.filterValues { it != null }.map { (name, text) -> setting(name, text) }
    return copy(customerId = null, customerEmail = null, subscriptionId = null, parameters = named + parameters)
}

/** The key, or in the place of one that cannot get across one that the core refuses for the same reason. */
internal fun transferable(key: String?): String? = key?.let { if (textValue(it) is SettingValue.Text) it else "\uFFFD" }

internal fun Duration.inMilliseconds(): Double = seconds * 1e3 + nano / 1e6

internal fun kotlin.time.Duration.inMilliseconds(): Double = toDouble(kotlin.time.DurationUnit.MILLISECONDS)

package com.renumerate.internal

import java.time.Duration

/** A setting as it crosses: whether its value is of a type that its name can take is for the core to say. */
internal fun setting(name: String, value: Any?): Setting = Setting(
    name,
    when (value) {
        null -> SettingValue.Absent
        is Number -> SettingValue.Number(value.toDouble())
        is Duration -> SettingValue.Number(value.inMilliseconds())
        is kotlin.time.Duration -> SettingValue.Number(value.inMilliseconds())
        else -> SettingValue.Text(value.toString())
    },
)

internal fun Duration.inMilliseconds(): Double = seconds * 1e3 + nano / 1e6

internal fun kotlin.time.Duration.inMilliseconds(): Double = toDouble(kotlin.time.DurationUnit.MILLISECONDS)

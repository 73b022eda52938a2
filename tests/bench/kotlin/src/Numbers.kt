// What to make of several figures.

package com.renumerate.bench

internal fun List<Double>.median(): Double {
    val sorted = sorted()
    return (sorted[(size - 1) / 2] + sorted[size / 2]) / 2
}

/** As people write it, in the same way everywhere. */
internal fun Double.fixed(digits: Int): String = String.format(java.util.Locale.ROOT, "%,.${digits}f", this)

internal fun megabytes(bytes: Number): String = "${(bytes.toDouble() / 1e6).fixed(2)} MB"

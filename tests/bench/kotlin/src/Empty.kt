package com.renumerate.bench

/** Program that does nothing, to measure how long a JVM takes to start and to end. */
internal fun main() = Unit

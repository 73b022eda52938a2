package com.renumerate.bench

/** A program that does nothing: what a JVM takes to start and to end. */
internal fun main() = Unit

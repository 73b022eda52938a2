// The SDK for Kotlin and Java beside its peers, in one run: calls, first sessions, threads and memory, sizes.
//
// Rounds are interleaved and each contender has a process of its own. Ratios are what to quote: machines are noisy, and
// differ. Nothing is asserted of times.

package com.renumerate.bench

import java.nio.file.Path
import kotlin.system.exitProcess

private const val START_UP = "start-up"
private const val FOOTPRINT = "footprint"
private const val SIZES = "sizes"
private val ALL = SECTIONS.keys.toList() + listOf(START_UP, FOOTPRINT, SIZES)
private val USAGE =
    """
    arguments: [--rounds N] [--seconds N] [--only SECTION...]
    sections: ${ALL.joinToString()}
    """.trimIndent()

private class Options {
    lateinit var server: String // the program renumerate-bench
    lateinit var home: Path // what the build has written
    var rounds = 7 // how many for each contender
    var seconds = 0.2 // how long each takes
    var only = ALL
}

internal fun main(arguments: Array<String>) {
    val started = System.nanoTime()
    val options = parse(ArrayDeque(arguments.asList()))
    if (System.getProperty("os.name") != "Linux") {
        refuse("this counts threads in /proc and pins processes to processors: it needs Linux")
    }
    val libraries = Libraries(options.home)
    println(facts())
    println(versions(libraries))
    println("${options.rounds} interleaved rounds of ${options.seconds} s for each contender, over loopback.")
    println(
        "Figures are medians. Machines are noisy: quote ratios, and take those that differ by less than the spread for a tie.",
    )
    println("A ratio is the figure before it divided by the peer's. CPU is that of the client's process alone.")
    if (!canPin) println("! processors 0 and 1 are not both ours: who runs where is the scheduler's choice")
    BenchServer(options.server, options.home).use { server ->
        val teams = options.only.mapNotNull(SECTIONS::get).groupBy { it.kind to it.tls }
        for (sections in teams.values) printCalls(sections, libraries, server, options.rounds, options.seconds)
        if (START_UP in options.only) printStartUp(libraries, server)
        if (FOOTPRINT in options.only) printFootprint(libraries, server)
        if (SIZES in options.only) printSizes(libraries)
    }
    println("\nall that took ${(System.nanoTime() - started) / 1_000_000_000} s")
}

private fun parse(arguments: ArrayDeque<String>): Options {
    val options = Options()
    while (arguments.isNotEmpty()) {
        when (val name = arguments.removeFirst()) {
            "--server" -> options.server = value(arguments)
            "--home" -> options.home = Path.of(value(arguments))
            "--rounds" -> options.rounds = value(arguments).toIntOrNull()?.takeIf { it >= 1 } ?: refuse(USAGE)
            "--seconds" -> options.seconds = value(arguments).toDoubleOrNull()?.takeIf { it > 0 } ?: refuse(USAGE)
            "--only" -> options.only = sections(arguments)
            else -> refuse("$name is unknown\n$USAGE")
        }
    }
    return options
}

private fun value(arguments: ArrayDeque<String>): String = arguments.removeFirstOrNull() ?: refuse(USAGE)

private fun sections(arguments: ArrayDeque<String>): List<String> {
    val names = arguments.takeWhile { !it.startsWith("--") }
    if (names.isEmpty() || names.any { it !in ALL }) refuse(USAGE)
    repeat(names.size) { arguments.removeFirst() }
    return names
}

private fun refuse(reason: String): Nothing {
    System.err.println(reason)
    exitProcess(2)
}

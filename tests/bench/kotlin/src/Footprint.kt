// The table of threads and memory that each contender takes, stage by stage.

package com.renumerate.bench

private const val TIMES = 3
private val STAGES = listOf("before", "constructed", "called")

/** The first of a stage's two numbers is that of its threads, the second its kilobytes. */
private const val NUMBERS = 2

internal fun printFootprint(libraries: Libraries, server: BenchServer) {
    val url = server.target(processor = 1, tls = false).url
    val runs = Contender.entries.associateWith { contender -> List(TIMES) { probe(libraries, contender, url) } }

    fun print(title: String, number: Int, text: (Double) -> String) {
        val rows = runs.entries.associate { (contender, all) -> "$contender" to row(all, number, text) }
        printTable(title, STAGES, rows)
    }
    print("threads; those before are the JVM's own, and a few more of its own come later", 0) { it.fixed(0) }
    print("resident memory", 1) { megabytes(it * 1024) }
}

private fun row(runs: List<Result<List<Double>>>, number: Int, text: (Double) -> String): Row {
    runs.firstNotNullOfOrNull(Result<*>::exceptionOrNull)?.let { return Row.Remark("${it.message}") }
    val cells = STAGES.indices.map { stage -> text(runs.map { it.getOrThrow()[NUMBERS * stage + number] }.median()) }
    return Row.Figures(*cells.toTypedArray())
}

private fun probe(libraries: Libraries, contender: Contender, url: String): Result<List<Double>> = runCatching {
    val process = start(java(libraries, contender.jars(libraries), "FootprintProbe", contender.name, url))
    val line = process.inputReader().readLine()
    val status = process.waitFor()
    check(status == 0) { "failed with status $status: see its message on stderr" }
    line.split(' ').map(String::toDouble)
}

// The table of first sessions: what a fresh process takes to its first one.

package com.renumerate.bench

private const val TIMES = 11

/** Those that a backend would start with. */
private val STARTED =
    listOf(
        Contender.BLOCKING_CLIENT,
        Contender.CLIENT,
        Contender.OKHTTP_BLOCKING,
        Contender.OKHTTP_SUSPEND,
        Contender.JAVA_BLOCKING,
    )
private val PEER = Contender.OKHTTP_BLOCKING

/** A program that is started again and again. */
private class Program(private val command: List<String>) {
    private val withinMain = ArrayList<Double>()
    private val processes = ArrayList<Double>()
    var failure: String? = null

    /** To the first session, from the first line of `main`; milliseconds. */
    val session: Double get() = withinMain.median()

    /** From the start of the process to its end. */
    val process: Double get() = processes.median()

    fun run() {
        if (failure != null) return
        val started = System.nanoTime()
        val process = start(command)
        val line = process.inputReader().readLine()
        val status = process.waitFor()
        processes.add((System.nanoTime() - started) / 1e6)
        if (status != 0) failure = "failed with status $status: see its message on stderr"
        line?.let { withinMain.add(it.toLong() / 1e6) }
    }

    /** What ran before counts no longer: from now on files are in the system's cache. */
    fun forget() {
        withinMain.clear()
        processes.clear()
    }
}

internal fun printStartUp(libraries: Libraries, server: BenchServer) {
    val url = server.target(processor = 1, tls = false).url
    val empty = Program(java(libraries, emptyList(), "EmptyKt"))
    val programs =
        STARTED.associateWith { Program(java(libraries, it.jars(libraries), "FirstSession", it.name, url)) }
    val requests = HashMap<Contender, Int>()
    for (time in 0..TIMES) {
        empty.run()
        for ((contender, program) in programs) {
            val before = server.counts(processor = 1, tls = false)
            program.run()
            requests.merge(contender, (server.counts(processor = 1, tls = false) - before).requests, Int::plus)
        }
        if (time == 0) (programs.values + empty).forEach(Program::forget)
    }
    check(empty.failure == null) { "the empty program ${empty.failure}" }
    printTable(
        "a fresh process to its first session, from the first line of main; and the whole process, net of an empty one " +
            "(${millis(empty.process)}); $TIMES each after one that does not count; ratios to $PEER",
        listOf("first session", "ratio", "process", "ratio", "requests", "processes"),
        programs.entries.associate { (contender, program) ->
            "$contender" to row(program, programs.getValue(PEER), empty, requests.getValue(contender))
        },
    )
    for ((contender, program) in programs) {
        if (program.failure != null || requests[contender] == TIMES + 1) continue
        println("! $contender: ${requests[contender]} requests of ${TIMES + 1} processes")
    }
}

private fun row(own: Program, peer: Program, empty: Program, requests: Int): Row {
    own.failure?.let { return Row.Remark(it) }
    fun ratio(of: (Program) -> Double) = if (peer.failure == null) (of(own) / of(peer)).fixed(2) else "-"
    val net = { program: Program -> program.process - empty.process }
    return Row.Figures(
        millis(own.session),
        ratio(Program::session),
        millis(net(own)),
        ratio(net),
        "$requests",
        "${TIMES + 1}",
    )
}

private fun millis(time: Double) = "${time.fixed(0)} ms"

// Contenders of one kind, each in its process: warm once, and then measured with one load after the other.

package com.renumerate.bench

// Until what runs often is compiled by the last of the JVM's compilers too. Small clients are there after a few seconds,
// large ones, whose calls take longer as well, need more.
private const val WARM_CALLS = 25_000
private const val LEAST_WARM_UP = 5 // seconds
private const val LONGEST_WARM_UP = 15
private const val WARM_AT_ONCE = 16

/** Seconds with a new load, in which connections are opened and threads start, before it is measured. */
private const val SETTLING = 0.3

/** The processor of the server that the warm-up calls. */
private const val WARM_SERVER = 1

internal class Team(kind: Kind, private val tls: Boolean, libraries: Libraries, private val server: BenchServer) :
    AutoCloseable {
    private val workers: Map<Contender, WorkerProcess>

    init {
        val targets = PROCESSORS.map { server.target(it, tls) }
        workers =
            Contender.of(kind).associateWith { contender ->
                val arguments = Job(contender, targets).arguments()
                WorkerProcess(java(libraries, contender.jars(libraries), "Worker", *arguments))
            }
        workers.values.forEach(WorkerProcess::warmUp)
    }

    /**
     * For each contender its rounds, or why there are none. They are interleaved: a machine whose speed drifts drifts for
     * all of them.
     */
    fun measure(section: Section, count: Int, seconds: Double): Map<Contender, Result<Rounds>> {
        val order = Order(section.serverOn, section.atOnce, seconds)
        for (worker in workers.values) worker.settle(order, section.clientOn)
        val rounds = workers.mapValues { ArrayList<Round>() }
        repeat(count) {
            for ((contender, worker) in workers) {
                val before = server.counts(section.serverOn, tls)
                val lap = worker.lap(order) ?: continue
                rounds.getValue(contender).add(Round(lap, server.counts(section.serverOn, tls) - before))
            }
        }
        return workers.mapValues { (contender, worker) ->
            worker.failure?.let { Result.failure(it) } ?: Result.success(Rounds(rounds.getValue(contender)))
        }
    }

    override fun close() = workers.values.forEach(WorkerProcess::close)
}

/** A contender in its process. */
private class WorkerProcess(private val command: List<String>) : AutoCloseable {
    private var process = start(command)

    /** Why there are no more rounds of it with this load, as soon as that is so. */
    var failure: Exception? = null
        private set

    fun warmUp() {
        var calls = 0
        for (second in 1..LONGEST_WARM_UP) {
            calls += lap(Order(WARM_SERVER, WARM_AT_ONCE, seconds = 1.0))?.calls ?: return
            if (second >= LEAST_WARM_UP && calls >= WARM_CALLS) return
        }
    }

    /** For what follows, on this processor or on any. One that has failed gets another chance with the new load. */
    fun settle(order: Order, processor: Int?) {
        if (failure != null) {
            failure = null
            process = start(command)
            warmUp()
        }
        pin(process, processor)
        lap(Order(order.server, order.atOnce, SETTLING))
    }

    fun lap(order: Order): Lap? {
        if (failure != null) return null
        process.outputStream.run {
            write("$order\n".toByteArray())
            flush()
        }
        val line = process.inputReader().readLine()
        if (line == null) failure = IllegalStateException("failed with status ${process.waitFor()}: see its message on stderr")
        return line?.let(Lap::of)
    }

    override fun close() {
        process.outputStream.close() // which ends it
        process.waitFor()
    }
}

package com.renumerate.bench

import java.nio.file.Path

/**
 * A process in which one contender calls, so that threads, CPU time and libraries of the others do not disturb it.
 *
 * It is given a [Job]. For each [Order] that it reads it calls for so long and writes a [Lap]. It waits between its
 * rounds, for the rounds of others. A call that fails ends it: its row must not look good.
 */
internal object Worker {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val job = Job.of(arguments)
        endProcessAfter(job.contender) { contender ->
            val clients = job.targets.map { target -> lazy { lanes(contender.start(target)) } }
            for (line in generateSequence(::readlnOrNull)) {
                val order = Order.of(line)
                println(lap(clients[order.server].value, order))
            }
        }
    }

    private fun lap(lanes: Lanes, order: Order): Lap {
        val stopwatch = Stopwatch()
        val tallies = lanes.callUntil(System.nanoTime() + (order.seconds * 1e9).toLong(), order.atOnce)
        val (wall, cpu) = stopwatch.stop()
        return Lap(wall, cpu, tallies.sumOf(Tally::calls), tallies.sumOf(Tally::good))
    }
}

/** Who calls, and the servers that there are, as a worker's arguments. */
internal class Job(val contender: Contender, val targets: List<Target>) {
    fun arguments(): Array<String> = arrayOf(contender.name, "${targets.first().authority ?: ""}") + targets.map(Target::url)

    companion object {
        fun of(arguments: Array<String>): Job {
            val authority = arguments[1].ifEmpty { null }?.let(Path::of)
            return Job(Contender.valueOf(arguments[0]), arguments.drop(2).map { Target(it, authority) })
        }
    }
}

/** Which of the servers to call, with how many calls at once, and for how long. */
internal class Order(val server: Int, val atOnce: Int, val seconds: Double) {
    override fun toString(): String = "$server $atOnce $seconds"

    companion object {
        fun of(line: String): Order {
            val (server, atOnce, seconds) = line.split(' ')
            return Order(server.toInt(), atOnce.toInt(), seconds.toDouble())
        }
    }
}

/** What a worker knows of one round: nanoseconds, and numbers of calls. */
internal class Lap(val wall: Long, val cpu: Long, val calls: Int, val good: Int) {
    override fun toString(): String = "$wall $cpu $calls $good"

    companion object {
        fun of(line: String): Lap {
            val (wall, cpu, calls, good) = line.split(' ').map(String::toLong)
            return Lap(wall, cpu, calls.toInt(), good.toInt())
        }
    }
}

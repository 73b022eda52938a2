package com.renumerate.bench

import java.nio.file.Path
import kotlin.io.path.deleteIfExists
import kotlin.io.path.div

/** What came to a server: requests, and of these the ones that were not answered with a 200. */
internal class Counts(val requests: Int, val refused: Int) {
    operator fun minus(before: Counts) = Counts(requests - before.requests, refused - before.refused)
}

/**
 * The server that all contenders call, a program of its own: it counts what came, so that nobody is quick by not calling.
 *
 * Four servers in one process: without TLS and with it, one that keeps to processor 0 and one to processor 1 each.
 */
internal class BenchServer(program: String, home: Path) : AutoCloseable {
    private val authority = home / "authority.pem"
    private val process = start(listOf(program, "serve", "--tls", "$authority"))
    private val urls = line()

    fun target(processor: Int, tls: Boolean): Target = Target(urls[place(processor, tls)], authority.takeIf { tls })

    /** What came so far to one of them. */
    fun counts(processor: Int, tls: Boolean): Counts {
        process.outputStream.run {
            write('\n'.code)
            flush()
        }
        val numbers = line().map(String::toInt)
        val at = 2 * place(processor, tls)
        return Counts(numbers[at], numbers[at + 1])
    }

    override fun close() {
        process.outputStream.close() // which ends it
        process.waitFor()
        authority.deleteIfExists()
    }

    private fun line(): List<String> {
        val line = process.inputReader().readLine() ?: error("the server ended with status ${process.waitFor()}")
        return line.split(' ')
    }

    private fun place(processor: Int, tls: Boolean) = processor + if (tls) 2 else 0
}

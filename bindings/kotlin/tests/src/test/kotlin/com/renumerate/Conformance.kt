package com.renumerate

import com.renumerate.testing.Sandbox
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import java.util.concurrent.Callable
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicInteger

/** All cases through one face: the tests of a class are the cases, and at its end they are counted. */
class Conformance(private val face: Face, private val name: String) : AutoCloseable {
    private val sandbox = Sandbox.start(cases = Vectors.folder)
    private val ran = AtomicInteger()
    private val shown = ConcurrentLinkedQueue<String>()
    private val secrets = ConcurrentLinkedQueue<String>()

    fun play(case: JsonObject) {
        val run = CaseRun(sandbox, case, face, shown::add)
        secrets += run.secrets()
        ran.incrementAndGet()
        run.play()
    }

    /** After the last case. */
    override fun close() {
        sandbox.close()
        println("conformance: ${ran.get()} cases ran through $name")
        assertEquals(Vectors.cases.size, ran.get(), "every case ran")
        val text = shown.joinToString("\n")
        assertEquals(emptyList<String>(), secrets.filter { it in text }, "a secret is in what was shown")
        assertTrue(text.length > 100 * ran.get(), "something was shown")
    }

    companion object {
        /** More would make the cases whose waits are measured late. */
        private const val AT_ONCE = 16

        /** Plays each altered expectation, and returns those that were met all the same. One of a case at a time: it has one name. */
        fun unnoticed(face: Face, name: String): List<String> {
            val rounds = ArrayList<MutableList<Pair<String, JsonObject>>>()
            for (altered in Vectors.altered) {
                val round = rounds.firstOrNull { round ->
                    round.none { Vectors.nameOf(it.second) == Vectors.nameOf(altered.second) }
                }
                (round ?: ArrayList<Pair<String, JsonObject>>().also(rounds::add)) += altered
            }
            val lanes = Executors.newFixedThreadPool(AT_ONCE)
            val unnoticed =
                Sandbox.start(cases = Vectors.folder).use { sandbox ->
                    rounds.flatMap { round ->
                        sandbox.addCases(JsonArray(round.map { it.second }).toString())
                        val plays = round.map { (what, case) ->
                            Callable {
                                noticed(sandbox, case, face) to
                                    "${Vectors.nameOf(case)}: $what"
                            }
                        }
                        lanes.invokeAll(plays).map { it.get() }.filter { !it.first }.map { it.second }
                    }
                }
            lanes.shutdown()
            println(
                "conformance: ${rounds.sumOf {
                    it.size
                }} altered expectations met through $name, ${unnoticed.size} unnoticed",
            )
            return unnoticed
        }

        private fun noticed(sandbox: Sandbox, case: JsonObject, face: Face): Boolean = try {
            CaseRun(sandbox, case, face) {}.play()
            false
        } catch (_: Throwable) {
            true
        }
    }
}

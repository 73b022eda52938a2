// The tables of calls: what one costs the client, beside what it costs peers.

package com.renumerate.bench

/** A load: calls of one kind, so many at once. */
internal class Section(
    val kind: Kind,
    val title: String,
    val atOnce: Int,
    val tls: Boolean = false,
    /** The processor that the client must keep to, if any, and the one of the server. */
    val clientOn: Int? = null,
    val serverOn: Int = 1,
) {
    /** Whether the times of calls are told, or how many there were in a second. */
    val byTime: Boolean = atOnce == 1
}

/**
 * A woken processor costs more than most of these calls do. On one processor the client's own cost shows. Not pinned, one
 * call at a time may run there too or wake another processor for each call, as the scheduler likes.
 */
internal val SECTIONS: Map<String, Section> =
    buildMap {
        for (kind in Kind.entries) {
            val name = kind.name.lowercase()
            val onOne = "1 at a time, client and server on one processor"
            put("$name-one-cpu", Section(kind, onOne, atOnce = 1, clientOn = 0, serverOn = 0))
            put("$name-1", Section(kind, "1 at a time, not pinned", atOnce = 1))
            for (atOnce in listOf(16, 64)) {
                put("$name-$atOnce", Section(kind, "$atOnce at once, not pinned", atOnce))
            }
            for (atOnce in listOf(16, 64)) {
                put("$name-tls-$atOnce", Section(kind, "$atOnce at once, not pinned", atOnce, tls = true))
            }
        }
    }

/** A table for each of the sections, which are of one team: its contenders come up once for all of them. */
internal fun printCalls(sections: List<Section>, libraries: Libraries, server: BenchServer, count: Int, seconds: Double) {
    Team(sections.first().kind, sections.first().tls, libraries, server).use { team ->
        for (section in sections) printCalls(section, team.measure(section, count, seconds))
    }
}

private fun printCalls(section: Section, results: Map<Contender, Result<Rounds>>) {
    val peer = results.getValue(Contender.peer(section.kind)).getOrNull()
    val protocol = if (section.tls) "HTTP/1.1 over TLS" else "HTTP/1.1"
    val figure = if (section.byTime) "wall/call" else "calls/s"
    printTable(
        "$protocol, ${section.kind.title}, ${section.title}; ratios to ${Contender.peer(section.kind).title}",
        listOf(figure, "ratio", "CPU/call", "ratio", "spread", "requests", "calls", "not 200"),
        results.entries.associate { (contender, result) ->
            contender.title to result.fold({ figures(section, it, peer) }, { Row.Remark("${it.message}") })
        },
    )
    for ((contender, result) in results) {
        val rounds = result.getOrNull() ?: continue
        if (rounds.calls == rounds.good && rounds.good == rounds.requests) continue
        val numbers = "${rounds.calls} calls, ${rounds.good} sessions, ${rounds.requests} requests"
        println("! ${contender.title}: $numbers: not one number")
    }
}

private fun figures(section: Section, rounds: Rounds, peer: Rounds?): Row {
    fun ratio(of: (Rounds, Rounds) -> Double) = peer?.let { of(rounds, it).fixed(2) } ?: "-"
    return Row.Figures(
        if (section.byTime) micros(rounds.wall) else (1e6 / rounds.wall).fixed(0),
        ratio { ours, theirs -> if (section.byTime) ours.wall / theirs.wall else theirs.wall / ours.wall },
        micros(rounds.cpu),
        ratio { ours, theirs -> ours.cpu / theirs.cpu },
        "${(rounds.spread * 100).fixed(0)}%",
        "${rounds.requests}",
        "${rounds.calls}",
        "${rounds.refused}",
    )
}

private fun micros(time: Double) = "${time.fixed(1)} us"

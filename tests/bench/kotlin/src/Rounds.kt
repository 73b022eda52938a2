package com.renumerate.bench

/** One round: what the client says, and what the server saw meanwhile. */
internal class Round(val lap: Lap, val counts: Counts)

/** All rounds of one contender, as medians of times per call, in microseconds, and sums of counts. */
internal class Rounds(rounds: List<Round>) {
    val calls: Int = rounds.sumOf { it.lap.calls }
    val good: Int = rounds.sumOf { it.lap.good }
    val requests: Int = rounds.sumOf { it.counts.requests }
    val refused: Int = rounds.sumOf { it.counts.refused }
    private val walls = rounds.map { it.lap.wall / 1e3 / it.lap.calls }
    val wall: Double = walls.median()
    val cpu: Double = rounds.map { it.lap.cpu / 1e3 / it.lap.calls }.median()

    /** Of the wall times: how far the slowest is from the quickest, as a part of the median. */
    val spread: Double = (walls.max() - walls.min()) / wall
}

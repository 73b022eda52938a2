package com.renumerate

import kotlinx.serialization.json.JsonObject
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS
import org.junit.jupiter.api.parallel.Execution
import org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.Arguments
import org.junit.jupiter.params.provider.FieldSource

/** Every case of `tests/vectors` through `AsyncClient`. */
@TestInstance(PER_CLASS)
@Execution(CONCURRENT)
class FutureConformanceTest {
    private val conformance = Conformance(FutureFace, "AsyncClient")

    @Suppress("unused") // named below
    private val cases = Vectors.cases.map { Arguments.argumentSet(Vectors.nameOf(it), it) }

    @ParameterizedTest
    @FieldSource("cases")
    fun conforms(case: JsonObject) = conformance.play(case)

    @AfterAll
    fun count() = conformance.close()
}

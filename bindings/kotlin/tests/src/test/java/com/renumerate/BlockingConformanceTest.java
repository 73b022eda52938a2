package com.renumerate;

import static org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.util.List;
import kotlinx.serialization.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of {@code tests/vectors} through {@code BlockingClient}, from Java. */
@TestInstance(PER_CLASS)
@Execution(CONCURRENT)
class BlockingConformanceTest {
    private final Conformance conformance = new Conformance(BlockingFace.INSTANCE, "BlockingClient, from Java");

    static List<Arguments.ArgumentSet> cases() {
        return Vectors.INSTANCE.getCases().stream()
                .map(each -> Arguments.argumentSet(Vectors.INSTANCE.nameOf(each), each))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void conforms(JsonObject given) {
        conformance.play(given);
    }

    @AfterAll
    void count() {
        conformance.close();
    }
}

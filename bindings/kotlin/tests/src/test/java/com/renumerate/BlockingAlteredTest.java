package com.renumerate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The check on the check of the cases, from Java. */
class BlockingAlteredTest {
    @Test
    void everyAlteredExpectationIsMet() {
        assertEquals(List.of(), Conformance.Companion.unnoticed(BlockingFace.INSTANCE, "BlockingClient, from Java"));
    }
}

package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.renumerate.BlockingClient;
import com.renumerate.ServerException;
import com.renumerate.testing.ReceivedRequest;
import com.renumerate.testing.Sandbox;
import com.renumerate.testing.SandboxTest;
import com.renumerate.testing.ScriptedAnswer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each test gets its own sandbox, and a client of that sandbox. */
@SandboxTest
class CancelFlowTest {
    @Test
    void sessionBelongsToTheCustomer(Sandbox sandbox, BlockingClient client) throws InterruptedException {
        String id = new CancelFlow(client).sessionFor("cus_1").orElseThrow();

        assertEquals("cus_1", sandbox.session(id).getCustomerId());
    }

    @Test
    void temporaryFailureIsRetried(Sandbox sandbox, BlockingClient client) throws InterruptedException {
        sandbox.script("cus_1", ScriptedAnswer.status(500), ScriptedAnswer.mint());

        new CancelFlow(client).sessionFor("cus_1").orElseThrow();

        assertEquals(List.of(500, 200), sandbox.requests().stream().map(ReceivedRequest::getStatus).toList());
    }

    @Test
    void unknownCustomerHasNoSession(BlockingClient client) throws InterruptedException {
        assertEquals(Optional.empty(), new CancelFlow(client).sessionFor("cus_not_found"));
    }

    @Test
    void permanentFailureIsThrown(BlockingClient client) {
        assertThrows(ServerException.class, () -> new CancelFlow(client).sessionFor("cus_server_error"));
    }
}

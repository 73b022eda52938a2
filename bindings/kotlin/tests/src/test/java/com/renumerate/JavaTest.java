package com.renumerate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.renumerate.testing.ExchangedSession;
import com.renumerate.testing.Sandbox;
import com.renumerate.testing.SandboxTest;
import com.renumerate.testing.ScriptedAnswer;
import com.renumerate.testing.SubscriptionRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Tests of the public API from Java. */
@SandboxTest
class JavaTest {
    @Test
    void blockingClientCreatesRetentionSession(BlockingClient client, Sandbox sandbox) throws InterruptedException {
        RetentionSession session = client.createRetentionSession(
                request -> request.customerId("cus_1").subscriptionId("sub_1").timeout(Duration.ofSeconds(3)));
        assertTrue(session.getId().startsWith("ret_"));
        assertTrue(session.getUrl().contains(session.getId()));
        assertEquals(AttemptOutcome.STATUS, session.getAttempts().get(0).getOutcome());
        assertEquals("sub_1", sandbox.session(session.getId()).getSubscriptionId());
    }

    @Test
    void requestBuilderSetsTheOptions(BlockingClient client) throws InterruptedException {
        SubscriptionSessionRequest request = SubscriptionSessionRequest.builder()
                .customerEmail("john.doe@example.com")
                .maxRetries(0)
                .build();
        SubscriptionSession session = client.createSubscriptionSession(request);
        assertTrue(session.getId().startsWith("sub_"));
    }

    @Test
    void handshakeTokenIsCreated(Sandbox sandbox) {
        try (BlockingClient client = new BlockingClient(sandbox.options().publicKey("pk_sandbox_local").build())) {
            HandshakeToken token = client.createHandshakeToken("cus_1");
            assertTrue(token.getToken().startsWith("eyJ"));
            assertTrue(token.getExpiresAt().isAfter(Instant.now()));
        }
    }

    @Test
    void testKitExchangesTokenAndFindsSubscription(BlockingClient client, Sandbox sandbox) throws InterruptedException {
        ExchangedSession exchanged = sandbox.exchange(client.createHandshakeToken("cus_1").getToken());
        assertEquals("handshake", sandbox.session(exchanged.getId()).getKind());
        assertTrue(exchanged.getExpiresAt().isAfter(Instant.now()));
        SubscriptionRecord subscription = sandbox.customer("cus_1").getSubscriptions().get(0);
        RetentionSession session = client.createRetentionSession(
                request -> request.customerId("cus_1").subscriptionId(subscription.getId()));
        assertEquals(subscription.getId(), sandbox.session(session.getId()).getSubscriptionId());
    }

    @Test
    void missingCustomerIdIsRejected(Client client, BlockingClient blocking, AsyncClient async) {
        assertThrows(NullPointerException.class, () -> client.createHandshakeToken(null));
        for (Consumer<String> create : List.<Consumer<String>>of(
                blocking::createHandshakeToken, async::createHandshakeToken)) {
            ValidationException error = assertThrows(ValidationException.class, () -> create.accept(null));
            assertEquals("customerId is not set; set it to the id of the customer", error.getMessage());
        }
    }

    @Test
    void clientOptionsAreApplied(Sandbox sandbox) throws InterruptedException {
        List<String> messages = new ArrayList<>();
        ClientOptions options = ClientOptions.builder()
                .privateKey(sandbox.getPrivateKey())
                .baseUrl(sandbox.getUrl())
                .timeout(Duration.ofSeconds(10))
                .maxRetries(1)
                .logger(line -> messages.add(line.getMessage()))
                .build();
        try (BlockingClient client = new BlockingClient(options)) {
            assertTrue(client.createRetentionSession(request -> request.customerId("cus_1")).getId().startsWith("ret_"));
        }
        assertTrue(messages.stream().anyMatch(message -> message.contains("status=200")), messages.toString());
    }

    @Test
    void notFoundExceptionHasReasonStatusAndAttempts(Sandbox sandbox, BlockingClient client) {
        sandbox.script("cus_1", ScriptedAnswer.status(404).body("{\"error\":\"Customer not found\"}"));
        NotFoundException error = assertThrows(
                NotFoundException.class, () -> client.createRetentionSession(request -> request.customerId("cus_1")));
        assertEquals("Customer not found", error.getReason());
        assertEquals(404, error.getStatus());
        assertEquals(false, error.isRetryable());
        assertEquals(1, error.getAttempts().size());
        assertInstanceOf(ApiException.class, error);
    }

    @Test
    void futureCompletesWithSessionOrException(AsyncClient client) {
        String id = client.createRetentionSession(request -> request.customerId("cus_1"))
                .thenApply(Session::getId)
                .join();
        assertTrue(id.startsWith("ret_"));
        CompletionException error = assertThrows(
                CompletionException.class,
                () -> client.createSubscriptionSession(request -> request.customerId("cus_not_found")).join());
        assertInstanceOf(NotFoundException.class, error.getCause());
    }

    @Test
    void closedClientThrowsClosedException(BlockingClient client) {
        client.close();
        ClosedException error = assertThrows(
                ClosedException.class, () -> client.createRetentionSession(request -> request.customerId("cus_1")));
        assertEquals("closed", error.getCode());
        assertEquals(false, error.isRetryable());
    }

    @Test
    void clientsNeedOnlyAKey() {
        try (BlockingClient blocking = new BlockingClient("sk_1"); AsyncClient async = new AsyncClient("sk_1")) {
            assertEquals(
                    List.of("BlockingClient(of https://api.renumerate.com/)", "AsyncClient(of https://api.renumerate.com/)"),
                    List.of(blocking.toString(), async.toString()));
        }
    }
}

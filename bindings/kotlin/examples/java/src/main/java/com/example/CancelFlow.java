package com.example;

import com.renumerate.BlockingClient;
import com.renumerate.NotFoundException;
import java.util.Optional;

/** What a backend of yours may make of the client; its tests run it against a sandbox. */
public final class CancelFlow {
    private final BlockingClient renumerate;

    public CancelFlow(BlockingClient renumerate) {
        this.renumerate = renumerate;
    }

    /** What the page of this customer needs; nothing for a customer who has never paid. */
    public Optional<String> sessionFor(String customerId) throws InterruptedException {
        try {
            return Optional.of(renumerate.createRetentionSession(request -> request.customerId(customerId)).getId());
        } catch (NotFoundException missing) {
            return Optional.empty();
        }
    }
}

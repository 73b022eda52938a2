package com.example;

import com.renumerate.BlockingClient;
import com.renumerate.NotFoundException;
import java.util.Optional;

/** Part of a backend that uses the client. Its tests run against a sandbox. */
public final class CancelFlow {
    private final BlockingClient renumerate;

    public CancelFlow(BlockingClient renumerate) {
        this.renumerate = renumerate;
    }

    /** Returns the session id for the page of this customer, or nothing if Renumerate does not know the customer. */
    public Optional<String> sessionFor(String customerId) throws InterruptedException {
        try {
            return Optional.of(renumerate.createRetentionSession(request -> request.customerId(customerId)).getId());
        } catch (NotFoundException missing) {
            return Optional.empty();
        }
    }
}

package com.renumerate;

import java.util.Map;

/** {@code BlockingClient}, as Java calls it. */
enum BlockingFace implements Face {
    INSTANCE;

    @Override
    public Face.Opened open(Map<String, ?> options) {
        ClientOptions.Builder builder = ClientOptions.builder();
        options.forEach(builder::option);
        return new Opened(new BlockingClient(builder.build()));
    }

    private record Opened(BlockingClient client) implements Face.Opened {
        @Override
        public Session retention(Map<String, ?> parameters, Map<String, ?> options) {
            RetentionSessionRequest.Builder request = RetentionSessionRequest.builder();
            parameters.forEach(request::parameter);
            options.forEach(request::option);
            return uninterrupted(() -> client.createRetentionSession(request.build()));
        }

        @Override
        public Session subscription(Map<String, ?> parameters, Map<String, ?> options) {
            SubscriptionSessionRequest.Builder request = SubscriptionSessionRequest.builder();
            parameters.forEach(request::parameter);
            options.forEach(request::option);
            return uninterrupted(() -> client.createSubscriptionSession(request.build()));
        }

        @Override
        public void close() {
            client.close();
        }

        @Override
        public String toString() {
            return client.toString();
        }
    }

    private interface Call {
        Session make() throws InterruptedException;
    }

    private static Session uninterrupted(Call call) {
        try {
            return call.make();
        } catch (InterruptedException interrupted) {
            throw new AssertionError("nobody interrupts a case", interrupted);
        }
    }
}

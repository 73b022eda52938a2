package com.renumerate.conformance;

import com.renumerate.BlockingClient;
import com.renumerate.HandshakeToken;
import com.renumerate.RetentionSessionRequest;
import com.renumerate.Session;
import com.renumerate.SubscriptionSessionRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/** {@code BlockingClient}, used from Java. */
enum BlockingFlavor implements ClientFlavor {
    INSTANCE;

    private static final String THREAD_NAME = "calls";

    @Override
    public ClientFlavor.OpenClient open(Map<String, ?> options, boolean log) {
        return new Opened(new BlockingClient(ClientFlavorKt.optionsByName(options, log)));
    }

    @Override
    public int tasks() {
        Stream<Thread> threads = Thread.getAllStackTraces().keySet().stream();
        return (int) threads.filter(thread -> thread.getName().equals(THREAD_NAME)).count();
    }

    private record Opened(BlockingClient client) implements ClientFlavor.OpenClient {
        @Override
        public Session call(boolean subscription, Map<String, ?> parameters, Map<String, ?> options) {
            try {
                if (subscription) {
                    return client.createSubscriptionSession((SubscriptionSessionRequest.Builder request) -> {
                        parameters.forEach(request::parameter);
                        options.forEach(request::option);
                    });
                }
                return client.createRetentionSession((RetentionSessionRequest.Builder request) -> {
                    parameters.forEach(request::parameter);
                    options.forEach(request::option);
                });
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException("this thread is not interrupted", interrupted);
            }
        }

        @Override
        public HandshakeToken token(String customerId) {
            return client.createHandshakeToken(customerId);
        }

        @Override
        public void calls(int count, int concurrency, Tally tally) {
            runConcurrently(count, concurrency, number -> {
                try {
                    tally.session(create(number));
                } catch (Exception error) {
                    tally.error(error);
                }
            });
        }

        @Override
        public void cancel(int count, int concurrency, RandomTimes times, Tally tally) {
            runConcurrently(count, concurrency, number -> {
                Interrupt interrupt = new Interrupt(Thread.currentThread());
                Future<?> cancelling = times.schedule(interrupt);
                try {
                    tally.session(create(number));
                } catch (InterruptedException cancelled) {
                    tally.cancelled();
                } catch (Exception error) {
                    tally.error(error);
                } finally {
                    cancelling.cancel(false);
                    interrupt.endCall();
                }
            });
        }

        private Session create(int number) throws InterruptedException {
            return client.createRetentionSession(request -> request.customerId("cus_" + number));
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /** An interrupt of one call, which has no effect after the call. */
    private static final class Interrupt implements Runnable {
        private final Thread thread;
        private boolean isOver;

        Interrupt(Thread thread) {
            this.thread = thread;
        }

        @Override
        public synchronized void run() {
            if (!isOver) thread.interrupt();
        }

        synchronized void endCall() {
            isOver = true;
            Thread.interrupted();
        }
    }

    private static void runConcurrently(int count, int concurrency, IntConsumer work) {
        AtomicInteger numbers = new AtomicInteger();
        Runnable worker = () -> {
            int number;
            while ((number = numbers.getAndIncrement()) < count) work.accept(number);
        };
        List<Thread> threads = Stream.generate(() -> new Thread(worker, THREAD_NAME)).limit(concurrency).toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException("this thread is not interrupted", interrupted);
            }
        }
    }
}

package com.renumerate.trials;

import com.renumerate.BlockingClient;
import com.renumerate.ClientOptions;
import com.renumerate.RetentionSessionRequest;
import com.renumerate.Session;
import com.renumerate.SubscriptionSessionRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/** {@code BlockingClient}, on threads, as Java calls it. */
enum BlockingFace implements Face {
    INSTANCE;

    private static final String LANE = "lane of calls";

    @Override
    public Face.Opened open(ClientOptions options) {
        return new Opened(new BlockingClient(options));
    }

    @Override
    public int tasks() {
        Stream<Thread> threads = Thread.getAllStackTraces().keySet().stream();
        return (int) threads.filter(thread -> thread.getName().equals(LANE)).count();
    }

    private record Opened(BlockingClient client) implements Face.Opened {
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
                throw new IllegalStateException("nobody interrupts this thread", interrupted);
            }
        }

        @Override
        public void calls(int count, int atOnce, Ends ends) {
            inLanes(count, atOnce, number -> {
                try {
                    ends.session(create(number));
                } catch (Exception error) {
                    ends.error(error);
                }
            });
        }

        @Override
        public void cancel(int count, int atOnce, RandomTimes times, Ends ends) {
            inLanes(count, atOnce, number -> {
                Interrupt interrupt = new Interrupt(Thread.currentThread());
                Future<?> later = times.soon(interrupt);
                try {
                    ends.session(create(number));
                } catch (InterruptedException cancelled) {
                    ends.cancelled();
                } catch (Exception error) {
                    ends.error(error);
                } finally {
                    later.cancel(false);
                    interrupt.callIsOver();
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

    /** An interrupt that reaches the call that it is for, and never what its thread does afterwards. */
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

        synchronized void callIsOver() {
            isOver = true;
            Thread.interrupted();
        }
    }

    private static void inLanes(int count, int atOnce, IntConsumer work) {
        AtomicInteger numbers = new AtomicInteger();
        Runnable lane = () -> {
            for (int number = numbers.getAndIncrement(); number < count; number = numbers.getAndIncrement()) work.accept(number);
        };
        List<Thread> lanes = Stream.generate(() -> new Thread(lane, LANE)).limit(atOnce).toList();
        lanes.forEach(Thread::start);
        for (Thread thread : lanes) {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException("nobody interrupts this thread", interrupted);
            }
        }
    }
}

package io.evolo.meta;

import io.evolo.tasks.kernels.Team;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * A fixed number of threads that work through a list. Where there are more threads than items, each item's thread has a {@link Team} of
 * its share of them.
 */
public final class Workers implements AutoCloseable {
    private final ExecutorService threads;
    private final int count;

    /** @param threads at least 1 */
    public Workers(int threads) {
        Checks.that(threads >= 1, "number of threads", threads, "at least 1");
        this.count = threads;
        this.threads = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("evolo-worker-", 0).factory());
    }

    /** The function's results in the order of the items; the first failure is thrown as it was. */
    public <T, R> List<R> map(List<T> items, Function<? super T, ? extends R> function) {
        int share = items.isEmpty() ? 1 : Math.max(1, count / items.size());
        List<Future<R>> futures =
                items.stream().map(item -> threads.<R>submit(() -> apply(function, item, share))).toList();
        return futures.stream().<R>map(Workers::get).toList();
    }

    private static <T, R> R apply(Function<? super T, ? extends R> function, T item, int share) {
        if (share == 1) {
            return function.apply(item);
        }
        try (Team team = new Team(share)) {
            return team.<R>during(() -> function.apply(item));
        }
    }

    private static <R> R get(Future<R> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("a worker failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a worker", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

package io.evolo.meta;

/** Where training runs are made that have nothing to do with each other: grids of evaluations and of tuning. */
public interface TrialExecutor extends AutoCloseable {

    /** How many it makes at once. */
    int parallel();

    /** Makes one, on this thread or elsewhere, and waits for it. Thread-safe. */
    TrialOrder.Made make(TrialOrder order);

    @Override
    void close();

    /** Threads of this process. */
    static TrialExecutor threads(int threads) {
        return new TrialExecutor() {
            @Override
            public int parallel() {
                return threads;
            }

            @Override
            public TrialOrder.Made make(TrialOrder order) {
                return order.make();
            }

            @Override
            public void close() {}
        };
    }
}

package io.evolo.optimizers.learned;

import com.sun.management.ThreadMXBean;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.Rng;
import java.lang.management.ManagementFactory;

/** What a rule's steps allocate. */
final class AllocatedBytes {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private AllocatedBytes() {}

    /** Bytes in a hundred steps, once compiled: the least of some rounds, for a busy machine compiles late. */
    static long inAHundredSteps(Optimizer rule, ParamLayout layout, int horizon) {
        OptimizerState state = rule.init(layout, horizon);
        Step step = new Step(new float[layout.size()], new float[layout.size()]);
        Rng.of(3, "gradient").fillGaussian(step.gradient(), 1);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 10 && least > 0; round++) {
            in(2000, rule, state, step);
            least = Math.min(least, in(100, rule, state, step));
        }
        return least;
    }

    private static long in(int steps, Optimizer rule, OptimizerState state, Step step) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int t = 0; t < steps; t++) {
            rule.step(state, step);
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}

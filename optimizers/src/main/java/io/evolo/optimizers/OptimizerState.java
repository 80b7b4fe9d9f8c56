package io.evolo.optimizers;

import io.evolo.tasks.ParamLayout;
import java.util.Arrays;

/**
 * What a rule remembers between steps: a step count and accumulators, plain arrays that can be copied, saved and compared. The
 * scratch array beside them is the rule's working memory; its content means nothing between steps and is neither copied nor saved. The
 * plan is what the rule derived from the layout once, so that no step has to: tables, kernels with memory of their own. A state
 * belongs to one thread at a time.
 */
public final class OptimizerState {
    private static final int SWEEP = 64;

    private final ParamLayout layout;
    private final int horizon;
    private final float[][] slots;
    private final Content[] contents;
    private final float[] scratch;
    private final Object plan;
    private final Clock clock;

    /** A state without a plan: {@link #plan} is the layout itself. */
    public OptimizerState(ParamLayout layout, int horizon, float[][] slots, float[] scratch) {
        this(layout, horizon, slots, scratch, layout);
    }

    /**
     * @param slots accumulators, in an order that the rule defines; owned by this state
     * @param scratch working memory; owned by this state
     * @param plan what the rule derived from the layout; nothing in it outlasts a step
     */
    public OptimizerState(ParamLayout layout, int horizon, float[][] slots, float[] scratch, Object plan) {
        this(layout, horizon, slots, contents(slots.length), scratch, plan, new Clock());
    }

    private OptimizerState(
            ParamLayout layout, int horizon, float[][] slots, Content[] contents, float[] scratch, Object plan, Clock clock) {
        if (horizon < 1) {
            throw new IllegalArgumentException("horizon is " + horizon + ", expected at least 1");
        }
        this.layout = layout;
        this.horizon = horizon;
        this.slots = slots;
        this.contents = contents;
        this.scratch = scratch;
        this.plan = plan;
        this.clock = clock;
    }

    private static Content[] contents(int slots) {
        Content[] contents = new Content[slots];
        Arrays.fill(contents, Content.OTHER);
        return contents;
    }

    /** What an accumulator holds, as far as those around a rule must know. */
    public enum Content {
        /** Means of which a rounding is soon forgotten, and whatever has not a value per parameter. */
        OTHER(false),
        /** A decaying mean or sum of gradients, along which the rule steps. */
        MOMENTUM(false),
        /** What small shares add up to: a rounding would swallow them. */
        SUM(true),
        /** A copy of parameters, to which the distance is taken. */
        COPY(true),
        /** The gradient of an earlier step, from which the difference is taken. */
        GRADIENT(true),
        /** Parameters beside those of the step, which only the rule itself can move along with these. */
        ITERATE(true);

        private final boolean exact;

        Content(boolean exact) {
            this.exact = exact;
        }

        /** Whether it must keep all its digits between steps. */
        public boolean isExact() {
            return exact;
        }
    }

    /** Says what an accumulator holds, for a rule that makes its state; returns this. Without it, that is {@link Content#OTHER}. */
    public OptimizerState holding(int slot, Content content) {
        contents[slot] = content;
        return this;
    }

    /** What accumulator {@code i} holds. */
    public Content content(int i) {
        return contents[i];
    }

    public ParamLayout layout() {
        return layout;
    }

    /**
     * The layout, once it is sure that the step has as many parameters.
     *
     * @throws IllegalArgumentException if not
     */
    public ParamLayout layoutOf(Step step) {
        requireFits(step);
        return layout;
    }

    /** @throws IllegalArgumentException if the step does not have as many parameters as the layout */
    public void requireFits(Step step) {
        if (step.params().length != layout.size()) {
            throw new IllegalArgumentException("the step has " + step.params().length + " parameters, but the state was made for "
                    + layout.size() + "; was it made with another layout?");
        }
    }

    /** Planned number of steps. */
    public int horizon() {
        return horizon;
    }

    /** The number of completed steps that a fraction of the planned ones is, rounded. */
    public int steps(double fraction) {
        return (int) Math.round(fraction * horizon);
    }

    /** Completed steps: 0 during the first. */
    public int t() {
        return clock.t;
    }

    /**
     * Counts one completed step; called by the rule, once a step. After every {@value #SWEEP}th, subnormal values of the accumulators
     * become 0: where gradients are 0, means decay to the least of them and stay there, because 0.9 of it rounds to itself, and each
     * costs some processors a hundred times the time of another number.
     */
    public void advance() {
        clock.t++;
        if (clock.t % SWEEP == 0) {
            for (float[] slot : slots) {
                flush(slot);
            }
        }
    }

    private static void flush(float[] x) {
        for (int i = 0; i < x.length; i++) {
            if (Math.abs(x[i]) < Float.MIN_NORMAL) {
                x[i] = 0;
            }
        }
    }

    /** Sets the number of completed steps, for a rule that takes another back in its run, or keeps its clock. */
    public void setClock(int completed) {
        if (completed < 0) {
            throw new IllegalArgumentException("a clock of " + completed + " steps, expected at least 0");
        }
        clock.t = completed;
    }

    /** Accumulator {@code i}; the array itself. */
    public float[] slot(int i) {
        return slots[i];
    }

    public int slots() {
        return slots.length;
    }

    public float[] scratch() {
        return scratch;
    }

    /**
     * What the rule derived from the layout.
     *
     * @throws IllegalArgumentException if the state was made by a rule with another kind of plan
     */
    public <P> P plan(Class<P> type) {
        if (!type.isInstance(plan)) {
            throw new IllegalArgumentException("the state's plan is a " + plan.getClass().getSimpleName() + ", expected a "
                    + type.getSimpleName() + "; was the state made by another rule? init one and copyFrom the other");
        }
        return type.cast(plan);
    }

    /**
     * This state with {@code extra} more values at the end of its scratch array, for a rule around another. Shares the accumulators:
     * use one of the two.
     */
    public OptimizerState withMoreScratch(int extra) {
        return new OptimizerState(layout, horizon, slots, contents, new float[Math.addExact(scratch.length, extra)], plan, clock);
    }

    /**
     * A state for a rule around another, whose state this is: this one's accumulators and after them {@code more}, and one step count
     * for both, so that whichever rule advances one state advances both. The outer rule keeps this state, in its plan, to hand it to
     * the inner rule.
     */
    public OptimizerState around(ParamLayout outerLayout, float[][] more, float[] outerScratch, Object outerPlan) {
        float[][] all = Arrays.copyOf(slots, slots.length + more.length);
        System.arraycopy(more, 0, all, slots.length, more.length);
        Content[] allContents = contents(all.length);
        System.arraycopy(contents, 0, allContents, 0, contents.length);
        return new OptimizerState(outerLayout, horizon, all, allContents, outerScratch, outerPlan, clock);
    }

    /**
     * A state with this one's layout and plan that works on other arrays, and has a clock of its own.
     *
     * @param others at least as long as this state's accumulators; what is behind their lengths is left alone
     * @param otherScratch at least as long as this state's
     */
    public OptimizerState onArrays(float[][] others, float[] otherScratch) {
        for (int i = 0; i < slots.length; i++) {
            if (others.length != slots.length || others[i].length < slots[i].length || otherScratch.length < scratch.length) {
                throw new IllegalArgumentException("arrays for a state of " + slots.length + " accumulators: accumulator " + i
                        + " or the scratch is too short");
            }
        }
        return new OptimizerState(layout, horizon, others, contents, otherScratch, plan, new Clock());
    }

    /** What the accumulators take; scratch and plan not included. */
    public long bytes() {
        return Arrays.stream(slots).mapToLong(slot -> (long) slot.length * Float.BYTES).sum();
    }

    /** Takes over step count and accumulators of a state of the same rule and layout. */
    public void copyFrom(OptimizerState other) {
        restore(other.clock.t, other.slots);
    }

    /**
     * Takes over a saved step count and accumulators, copied.
     *
     * @throws IllegalArgumentException if number or lengths of the arrays differ from this state's
     */
    public void restore(int savedT, float[][] saved) {
        if (savedT < 0 || saved.length != slots.length) {
            throw new IllegalArgumentException("saved state: " + saved.length + " accumulators at step " + savedT + ", expected "
                    + slots.length + " at step 0 or later");
        }
        for (int i = 0; i < slots.length; i++) {
            if (saved[i].length != slots[i].length) {
                throw new IllegalArgumentException("saved state: accumulator " + i + " has " + saved[i].length
                        + " values, expected " + slots[i].length);
            }
        }
        for (int i = 0; i < slots.length; i++) {
            System.arraycopy(saved[i], 0, slots[i], 0, slots[i].length);
        }
        clock.t = savedT;
    }

    /** A copy of all accumulators. */
    public float[][] snapshot() {
        return Arrays.stream(slots).map(float[]::clone).toArray(float[][]::new);
    }

    /** Whether step count and accumulators are the same, bit for bit. */
    public boolean sameAs(OptimizerState other) {
        return clock.t == other.clock.t && Arrays.deepEquals(slots, other.slots);
    }

    /** The step count, shared by the states of a rule and of the one around it. */
    private static final class Clock {
        private int t;
    }
}

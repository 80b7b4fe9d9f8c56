package io.evolo.optimizers.guard;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Need;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A rule within {@link Rails}. Where no rail acts, parameters and the rule's state are those of the rule alone, bit for bit.
 *
 * <p>Roll-back: every {@code keep} good steps parameters and the rule's state are copied, and the two newest copies kept. On a bad
 * loss the older of the two is taken back, which at least {@code keep} good steps have confirmed; no update is made, and the rule's
 * own clock goes back with its state. After {@code patience} roll-backs, Adam makes the steps, or shares in them; it begins there,
 * with a state and clock of its own. Memory: twice parameters and state, and Adam's where it may take over.
 *
 * <p>To be the outermost of the rules around a rule, for a bad loss must not reach any of them.
 */
public record SafetyRails(Optimizer rule, Rails rails) implements Around {

    // What the rails count, one value each; as floats exact to 2^24.
    private static final int CAPPED = 0;
    private static final int SPIKES = 1;
    private static final int NOT_FINITE = 2;
    private static final int ROLLED_BACK = 3;
    private static final int FELL_BACK = 4; // 1 + the step, 0: not yet
    private static final int STEPS = 5; // good steps, made by whichever rule
    private static final int MEAN = 6; // of good losses, running
    private static final int DEVIATION = 7; // of good losses from that mean
    private static final int OLDER_T = 8; // the rule's clock in the older copy; −1: no copy yet
    private static final int NEWER_T = 9;
    private static final int ADAM_T = 10;
    private static final int FIRST = 11; // the first good loss
    private static final int BOOK = 12;

    /** Of the running means: half of what they hold is of the last 14 steps. */
    private static final float DECAY = 0.95f;

    /** Good steps before the deviation means anything; until then a spike is measured by the first loss too. */
    private static final int WARMUP = 20;

    private static final float DEVIATIONS = 5;

    /** What the rails keep beside the rule's own state; arrays are the outer state's accumulators. */
    private record Plan(
            OptimizerState inner, List<Adam> adam, float[] book, float[][] older, float[][] newer, float[] before, float[] learned) {}

    /** What takes over. */
    private record Adam(Optimizer rule, OptimizerState state) {}

    /** Whether the rule, or one that it is around, takes a training back from a loss that is not finite, so that it can go on. */
    public static boolean recovers(Optimizer rule) {
        return rule instanceof SafetyRails railed && railed.rails.rollBack() || rule instanceof Around around && recovers(around.rule());
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        OptimizerState inner = rule.init(layout, horizon);
        List<Adam> adam = rails.adam().map(a -> new Adam(a, a.init(layout, horizon))).stream().toList();
        float[] book = new float[BOOK];
        book[OLDER_T] = -1;
        book[NEWER_T] = -1;
        float[][] older = rails.rollBack() ? copies(inner) : new float[0][];
        float[][] newer = rails.rollBack() ? copies(inner) : new float[0][];
        List<float[]> more = new ArrayList<>(List.of(book));
        more.addAll(List.of(older));
        more.addAll(List.of(newer));
        for (Adam fallback : adam) {
            for (int i = 0; i < fallback.state().slots(); i++) {
                more.add(fallback.state().slot(i));
            }
        }
        float[] before = new float[layout.size()];
        Plan plan = new Plan(inner, adam, book, older, newer, before, new float[adam.isEmpty() ? 0 : layout.size()]);
        return inner.around(layout, more.toArray(float[][]::new), new float[0], plan);
    }

    /** Room for the parameters and the rule's accumulators. */
    private static float[][] copies(OptimizerState inner) {
        float[][] copies = new float[1 + inner.slots()][];
        copies[0] = new float[inner.layout().size()];
        for (int i = 0; i < inner.slots(); i++) {
            copies[1 + i] = new float[inner.slot(i).length];
        }
        return copies;
    }

    @Override
    public void step(OptimizerState state, Step step) {
        Plan plan = state.plan(Plan.class);
        if (rails.rollBack()) {
            if (bad(plan.book(), step)) {
                rollBack(plan, step);
                return;
            }
            keepCopies(plan, step);
        }
        boolean compares = rails.cap() < Double.POSITIVE_INFINITY;
        if (compares || plan.book()[FELL_BACK] > 0) {
            System.arraycopy(step.params(), 0, plan.before(), 0, step.params().length);
        }
        move(plan, step);
        if (compares) {
            cap(plan, step);
        }
        plan.book()[STEPS]++;
    }

    // --- roll-back

    /** Whether the step is not to be made; takes a good loss into the running means. */
    private boolean bad(float[] book, Step step) {
        float loss = step.loss();
        if (!Float.isFinite(loss) || !finite(step.gradient())) {
            book[NOT_FINITE]++;
            return true;
        }
        if (book[STEPS] == 0) {
            book[FIRST] = loss;
            book[MEAN] = loss;
        }
        if (spike(book, loss)) {
            book[SPIKES]++;
            return true;
        }
        book[DEVIATION] = DECAY * book[DEVIATION] + (1 - DECAY) * Math.abs(loss - book[MEAN]);
        book[MEAN] = DECAY * book[MEAN] + (1 - DECAY) * loss;
        return false;
    }

    private boolean spike(float[] book, float loss) {
        double least = book[STEPS] < WARMUP
                ? rails.spike() * Math.abs(book[FIRST])
                : book[MEAN] + DEVIATIONS * book[DEVIATION];
        return loss > rails.spike() * Math.abs(book[MEAN]) && loss > least;
    }

    private static boolean finite(float[] x) {
        int largest = 0; // magnitudes are ordered as their bits; infinity and NaN are the largest
        for (float value : x) {
            largest = Math.max(largest, Float.floatToRawIntBits(value) & Integer.MAX_VALUE);
        }
        return largest < Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
    }

    private void keepCopies(Plan plan, Step step) {
        float[] book = plan.book();
        if (book[STEPS] % rails.keep() != 0) {
            return;
        }
        if (book[NEWER_T] >= 0) {
            for (int i = 0; i < plan.older().length; i++) {
                System.arraycopy(plan.newer()[i], 0, plan.older()[i], 0, plan.older()[i].length);
            }
            book[OLDER_T] = book[NEWER_T];
        }
        copy(plan, step, plan.newer());
        book[NEWER_T] = plan.inner().t();
        if (book[OLDER_T] < 0) {
            copy(plan, step, plan.older());
            book[OLDER_T] = book[NEWER_T];
        }
    }

    private static void copy(Plan plan, Step step, float[][] copies) {
        System.arraycopy(step.params(), 0, copies[0], 0, copies[0].length);
        for (int i = 1; i < copies.length; i++) {
            System.arraycopy(plan.inner().slot(i - 1), 0, copies[i], 0, copies[i].length);
        }
    }

    private void rollBack(Plan plan, Step step) {
        float[] book = plan.book();
        if (book[OLDER_T] < 0) {
            return; // bad from the first step on: there is nothing to go back to, and no update may follow
        }
        float[][] good = plan.older();
        System.arraycopy(good[0], 0, step.params(), 0, good[0].length);
        for (int i = 1; i < good.length; i++) {
            System.arraycopy(good[i], 0, plan.inner().slot(i - 1), 0, good[i].length);
            System.arraycopy(good[i], 0, plan.newer()[i], 0, good[i].length);
        }
        System.arraycopy(good[0], 0, plan.newer()[0], 0, good[0].length);
        plan.inner().setClock((int) book[OLDER_T]);
        book[NEWER_T] = book[OLDER_T];
        book[ROLLED_BACK]++;
        if (book[ROLLED_BACK] == rails.patience() && !plan.adam().isEmpty()) {
            book[FELL_BACK] = 1 + book[STEPS];
        }
    }

    // --- updates

    private void move(Plan plan, Step step) {
        if (plan.book()[FELL_BACK] == 0) {
            rule.step(plan.inner(), step);
            return;
        }
        float blend = (float) rails.blend();
        if (blend < 1) {
            rule.step(plan.inner(), step);
            System.arraycopy(step.params(), 0, plan.learned(), 0, step.params().length);
            System.arraycopy(plan.before(), 0, step.params(), 0, step.params().length);
        }
        adamStep(plan, step);
        float[] p = step.params();
        for (int i = 0; blend < 1 && i < p.length; i++) {
            p[i] = plan.learned()[i] + blend * (p[i] - plan.learned()[i]);
        }
    }

    /** Adam's clock is kept in the book, because the state around has but the rule's. */
    private void adamStep(Plan plan, Step step) {
        Adam adam = plan.adam().getFirst();
        adam.state().setClock((int) plan.book()[ADAM_T]);
        adam.rule().step(adam.state(), step);
        plan.book()[ADAM_T] = adam.state().t();
    }

    private void cap(Plan plan, Step step) {
        ParamLayout layout = plan.inner().layout();
        float[] p = step.params();
        float[] before = plan.before();
        for (int tensor = 0; tensor < layout.tensors(); tensor++) {
            int begin = layout.offset(tensor);
            int end = layout.offset(tensor + 1);
            double sum = 0;
            for (int i = begin; i < end; i++) {
                double change = (double) p[i] - before[i];
                sum += change * change;
            }
            double rms = Math.sqrt(sum / (end - begin));
            if (rms > rails.cap()) {
                plan.book()[CAPPED]++;
                float factor = (float) (rails.cap() / rms);
                for (int i = begin; i < end; i++) {
                    p[i] = before[i] + factor * (p[i] - before[i]);
                }
            }
        }
    }

    /** How often the rails have acted so far in the training that this state is of. */
    public Interventions interventions(OptimizerState state) {
        float[] book = state.plan(Plan.class).book();
        return new Interventions(
                (int) book[CAPPED],
                (int) book[SPIKES],
                (int) book[NOT_FINITE],
                (int) book[ROLLED_BACK],
                (int) book[FELL_BACK] - 1);
    }

    @Override
    public OptimizerState inside(OptimizerState state) {
        return state.plan(Plan.class).inner();
    }

    @Override
    public Set<Need> needs() {
        Set<Need> needs = new HashSet<>(rule.needs());
        needs.add(Need.GRADIENT); // whether it is finite, and for Adam
        return Set.copyOf(needs);
    }
}

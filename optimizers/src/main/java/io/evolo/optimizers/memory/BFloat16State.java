package io.evolo.optimizers.memory;

import io.evolo.optimizers.Around;
import io.evolo.optimizers.Need;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A rule whose accumulators are kept in bfloat16 between steps, half of float32's memory, and are float32 during one: every step
 * rounds them to the nearest, halves to even. Only accumulators with a value per parameter are kept so; factored ones, counts and
 * others are small, and stay as they are, and so do copies of parameters and sums of small shares
 * ({@link OptimizerState.Content#isExact}), which rounding would spoil.
 *
 * <p>Where the rule treats every tensor by itself (found by trying, see {@link #treatsTensorsAlone}), it is run on one tensor after
 * the other, with float32 memory for one tensor of each size. A rule that couples tensors, as VeLO's recurrent network does, needs all of them in
 * float32 while it runs: only its saved state becomes smaller.
 *
 * <p>A mean of 999 parts in 1000 old and one new moves by less than half a unit of bfloat16 where the new value is less than about 3
 * times the old one, and then stands still. What that costs is measured in docs/optimizers.md; accumulators that should not pay it
 * are listed in {@code exact}.
 *
 * @param rule around no rails and no guard: those go around this
 * @param exact numbers of further accumulators that stay float32
 */
public record BFloat16State(Optimizer rule, Set<Integer> exact) implements Around {

    private static final int TRIAL_STEPS = 20;

    /**
     * One tensor, or all of them.
     *
     * @param state the rule's, on the room's memory where its accumulators are packed
     * @param packed by accumulator; empty for those that stay as they are
     */
    private record Unit(OptimizerState state, float[][] packed, int begin, int size, Room room) {}

    /** Float32 memory that all tensors of one size share: a rule may count on arrays being as long as its parameters are many. */
    private record Room(Step step, float[][] accumulators, float[] judged) {
        static Room of(int size, int slots) {
            return new Room(new Step(new float[size], new float[size]), new float[slots][size], new float[size]);
        }
    }

    private record Plan(List<Unit> units) {}

    public BFloat16State {
        exact = Set.copyOf(exact);
    }

    /** All accumulators in bfloat16. */
    public static BFloat16State of(Optimizer rule) {
        return new BFloat16State(rule, Set.of());
    }

    @Override
    public OptimizerState init(ParamLayout layout, int horizon) {
        List<OptimizerState> fresh = new ArrayList<>();
        if (treatsTensorsAlone(rule)) {
            for (ParamSpec spec : layout.specs()) {
                fresh.add(rule.init(new ParamLayout(List.of(spec)), horizon));
            }
        } else {
            fresh.add(rule.init(layout, horizon));
        }
        int slots = fresh.getFirst().slots();
        if (exact.stream().anyMatch(slot -> slot < 0 || slot >= slots)) {
            throw new IllegalArgumentException("accumulators that stay float32 are " + new TreeSet<>(exact) + ", expected numbers from 0 to "
                    + (slots - 1) + ", for the rule has " + slots);
        }
        float[] scratch = new float[fresh.stream().mapToInt(state -> state.scratch().length).max().orElse(0)];
        Map<Integer, Room> rooms = new HashMap<>();
        List<Unit> units = new ArrayList<>();
        List<float[]> kept = new ArrayList<>();
        int begin = 0;
        for (OptimizerState state : fresh) {
            int size = state.layout().size();
            Unit unit = unit(state, begin, rooms.computeIfAbsent(size, n -> Room.of(n, slots)), scratch);
            units.add(unit);
            for (int i = 0; i < slots; i++) {
                kept.add(unit.packed()[i].length > 0 ? unit.packed()[i] : unit.state().slot(i));
            }
            begin += size;
        }
        return new OptimizerState(layout, horizon, kept.toArray(float[][]::new), new float[0], new Plan(units));
    }

    private Unit unit(OptimizerState fresh, int begin, Room room, float[] scratch) {
        int size = fresh.layout().size();
        float[][] packed = new float[fresh.slots()][0];
        float[][] arrays = new float[fresh.slots()][];
        for (int i = 0; i < packed.length; i++) {
            boolean packs = fresh.slot(i).length == size && !fresh.content(i).isExact() && !exact.contains(i);
            arrays[i] = packs ? room.accumulators()[i] : fresh.slot(i);
            if (packs) {
                packed[i] = new float[BFloat16.packedLength(size)];
                BFloat16.pack(fresh.slot(i), size, packed[i]);
            }
        }
        return new Unit(fresh.onArrays(arrays, scratch), packed, begin, size, room);
    }

    @Override
    public void step(OptimizerState state, Step step) {
        Plan plan = state.plan(Plan.class);
        for (Unit unit : plan.units()) {
            if (plan.units().size() == 1) {
                unpack(unit, state.t());
                rule.step(unit.state(), step); // all of it: the rule may read what else the step shows
            } else {
                stepAlone(unit, state.t(), step);
            }
            pack(unit);
        }
        state.setClock(state.t() + 1); // not advance: pairs of halves are no numbers, and the rule has swept its own
    }

    private void stepAlone(Unit unit, int t, Step step) {
        Step own = unit.room().step();
        unpack(unit, t);
        System.arraycopy(step.params(), unit.begin(), own.params(), 0, unit.size());
        System.arraycopy(step.gradient(), unit.begin(), own.gradient(), 0, unit.size());
        Arrays.fill(unit.state().scratch(), 0); // another tensor's numbers stand there; rules may count on zeros behind their own
        rule.step(unit.state(), own.at(step.loss()));
        System.arraycopy(own.params(), 0, step.params(), unit.begin(), unit.size());
    }

    private static void unpack(Unit unit, int t) {
        unit.state().setClock(t);
        for (int i = 0; i < unit.packed().length; i++) {
            if (unit.packed()[i].length > 0) {
                BFloat16.unpack(unit.packed()[i], unit.size(), unit.state().slot(i));
            }
        }
    }

    private static void pack(Unit unit) {
        for (int i = 0; i < unit.packed().length; i++) {
            if (unit.packed()[i].length > 0) {
                BFloat16.pack(unit.state().slot(i), unit.size(), unit.packed()[i]);
            }
        }
    }

    @Override
    public void evaluationParams(OptimizerState state, float[] params, float[] out) {
        Plan plan = state.plan(Plan.class);
        for (Unit unit : plan.units()) {
            unpack(unit, state.t());
            float[] own = unit.room().step().params();
            System.arraycopy(params, unit.begin(), own, 0, unit.size());
            rule.evaluationParams(unit.state(), own, unit.room().judged());
            System.arraycopy(unit.room().judged(), 0, out, unit.begin(), unit.size());
        }
    }

    @Override
    public List<String> remarks(ParamLayout layout) {
        List<String> remarks = new ArrayList<>(rule.remarks(layout));
        remarks.add(treatsTensorsAlone(rule)
                ? "state in bfloat16, float32 for one tensor of each size"
                : "state in bfloat16 when saved; the rule couples tensors, so while it runs all of its state is float32 beside that");
        return remarks;
    }

    /**
     * Whether the rule does the same to a tensor alone as to one among others: 20 steps on three tensors, with gradients that keep
     * their direction and of which some are 10,000 times as large as others, are compared bit for bit, once from parameters of order 1 and
     * once from such that show the smallest change. A rule that couples tensors only beyond that, such as a clip at an enormous norm,
     * is taken for one that does not; but one with an accumulator that is as long for every layout, such as Prodigy's estimate of the
     * distance, which takes hundreds of steps to move, is taken for one that couples them.
     */
    public static boolean treatsTensorsAlone(Optimizer rule) {
        if (!Set.of(Need.GRADIENT).containsAll(rule.needs())) {
            return false;
        }
        List<ParamSpec> specs = List.of(
                ParamSpec.plain("a", Shape.of(6, 4)), ParamSpec.plain("b", Shape.of(5)), ParamSpec.plain("c", Shape.of(3, 7)));
        return !sharesAccumulators(rule, specs) && treatsAlone(rule, specs, 1) && treatsAlone(rule, specs, 1e-12);
    }

    private static boolean sharesAccumulators(Optimizer rule, List<ParamSpec> specs) {
        OptimizerState all = rule.init(new ParamLayout(specs), TRIAL_STEPS);
        OptimizerState first = rule.init(new ParamLayout(specs.subList(0, 1)), TRIAL_STEPS);
        return IntStream.range(0, all.slots()).anyMatch(i -> all.slot(i).length > 0 && all.slot(i).length == first.slot(i).length);
    }

    private static boolean treatsAlone(Optimizer rule, List<ParamSpec> specs, double start) {
        float[] together = trial(rule, new ParamLayout(specs), 0, start);
        int begin = 0;
        for (ParamSpec spec : specs) {
            float[] alone = trial(rule, new ParamLayout(List.of(spec)), begin, start);
            if (!Arrays.equals(alone, 0, alone.length, together, begin, begin + alone.length)) {
                return false;
            }
            begin += alone.length;
        }
        return true;
    }

    /** Parameters after the steps; element i is element {@code from + i} of the trial's numbers. */
    private static float[] trial(Optimizer rule, ParamLayout layout, int from, double start) {
        OptimizerState state = rule.init(layout, TRIAL_STEPS);
        Step step = new Step(new float[layout.size()], new float[layout.size()]);
        for (int i = 0; i < layout.size(); i++) {
            step.params()[i] = (float) (start * StrictMath.cos(0.7 * (from + i)));
        }
        float[] scales = {1, 1e4f, 1e-4f};
        for (int t = 0; t < TRIAL_STEPS; t++) {
            for (int i = 0; i < layout.size(); i++) {
                int n = from + i;
                step.gradient()[i] = scales[n / 24 % 3] * (float) StrictMath.sin(1.3 * n + 0.02 * t);
            }
            rule.step(state, step.at(1f / (t + 1)));
        }
        return step.params();
    }
}

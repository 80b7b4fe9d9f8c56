package io.evolo.optimizers.learned;

import io.evolo.optimizers.Norms;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.designed.EigenView;
import io.evolo.optimizers.learned.element.ElementNet;
import io.evolo.optimizers.learned.element.ElementShape;
import io.evolo.optimizers.learned.element.Feature;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.kernels.Twin;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The described rule "element": a view of each tensor, averages, features, a network per element that changes what Adam would do, and the
 * harness of {@link TunedSoap}. With g the gradient in the view, m̂ and v̂ its mean and mean square without bias and v̄ the mean of v̂ over
 * the tensor:
 *
 * <pre>
 * u = m̂/(√v̂ + 1e-5·√v̄);  a = g/(√v̂ + 1e-5·√v̄)
 * (o, p) = network(features)
 * f = u·exp(reach·o) + a·reach·p
 * w ← w − rate·f out of the view, then decay; both as in TunedSoap
 * </pre>
 *
 * <p>At the start o and p are 0: the rule is SOAP in the eigenbasis and Adam in the view as it is, under the harness that
 * {@link Start} says, and the network's first layer is random. In the eigenbasis the first step only fills averages and bases.
 *
 * <p>Each tensor's gradient is multiplied by a power of two, chosen at its first gradient that is not 0, so that it is near 1: gradients of
 * 1e-30 to 1e30 make the same steps as those of 1.
 *
 * <p>Not published. The view is that of SOAP (Vyas et al. 2024). A step costs SOAP's, and per parameter some nanoseconds for the network.
 *
 * @param view in which tensors are seen
 * @param features what the network reads, in its order; at least one, none twice
 * @param hidden units of the network, at least 1
 * @param reach factor on the network's outputs, above 0
 * @param start the harness's numbers before any meta-training
 */
public record ElementRule(View view, List<Feature> features, int hidden, double reach, Start start) implements LearnedOptimizer {
    private static final int LONGEST = 10_000;

    /** How tensors are seen. */
    public sealed interface View {
        /** In their own coordinates. */
        record AsItIs() implements View {}

        /**
         * In the eigenbases of SOAP.
         *
         * @param frequency steps between new bases, at least 1
         * @param oneSided whether only a tensor's shortest axis is rotated
         */
        record Eigenbasis(int frequency, boolean oneSided) implements View {
            public Eigenbasis {
                if (frequency < 1) {
                    throw new IllegalArgumentException("element: frequency is " + frequency + ", expected at least 1");
                }
            }
        }
    }

    /** With which harness theta begins. */
    public enum Start {
        /** Rate 0.01 in the eigenbasis and 0.001 as it is, 5% warm-up, a cosine to 0. */
        UNTUNED,
        /** That of the shipped package evolo-start; only in the eigenbasis, for which it was fitted. */
        FITTED
    }

    public ElementRule {
        features = List.copyOf(features);
        if (hidden < 1) {
            throw new IllegalArgumentException("element: hidden is " + hidden + ", expected at least 1");
        }
        if (!(reach > 0) || Double.isInfinite(reach)) {
            throw new IllegalArgumentException("element: reach is " + reach + ", expected a positive number");
        }
        if (features.isEmpty() || features.stream().distinct().count() != features.size()) {
            throw new IllegalArgumentException("element: the features are " + features.stream().map(Feature::key).toList()
                    + ", expected at least one and none twice");
        }
        if (start == Start.FITTED && view instanceof View.AsItIs) {
            throw new IllegalArgumentException("element: the fitted start is that of the eigenbasis; set fitted to 0, or eigenbasis to 1");
        }
    }

    /** SOAP's view, the standard features, eight hidden units; begins as evolo-start. */
    public static ElementRule standard() {
        return read(new Hyperparameters("element", Map.of()));
    }

    /** Reads {@code eigenbasis}, {@code frequency}, {@code one_sided}, {@code hidden}, {@code reach}, {@code fitted} and features. */
    static ElementRule read(Hyperparameters given) {
        boolean rotated = given.flag("eigenbasis", true);
        View view = rotated ? new View.Eigenbasis(given.count("frequency", 10), given.flag("one_sided", false)) : new View.AsItIs();
        Start start = given.flag("fitted", rotated) ? Start.FITTED : Start.UNTUNED;
        int hidden = given.count("hidden", 8);
        double reach = given.number("reach", 0.25);
        List<Feature> features = Feature.all().stream()
                .filter(feature -> given.flag(feature.key(), feature.standard()))
                .toList();
        return new ElementRule(view, features, hidden, reach, start);
    }

    /** Writes the keys that {@link #read} reads; of features of jars, those that it has. */
    void put(Map<String, Double> out) {
        switch (view) {
            case View.AsItIs() -> out.put("eigenbasis", 0.0);
            case View.Eigenbasis(int frequency, boolean oneSided) -> {
                out.put("eigenbasis", 1.0);
                out.put("frequency", (double) frequency);
                out.put("one_sided", oneSided ? 1.0 : 0);
            }
        }
        out.put("hidden", (double) hidden);
        out.put("reach", reach);
        out.put("fitted", start == Start.FITTED ? 1.0 : 0);
        Feature.platform().forEach(feature -> out.put(feature.key(), 0.0));
        features.forEach(feature -> out.put(feature.key(), 1.0));
    }

    /** TunedSoap's numbers, then the network's {@code w0} [features, hidden], {@code b0}, {@code w1} [hidden, 2], {@code b1}. */
    @Override
    public ParamLayout thetaLayout() {
        Stream<ParamSpec> harness = TunedSoap.specs(start == Start.FITTED ? TunedSoap.fitted() : beginning());
        return new ParamLayout(Stream.concat(harness, ElementNet.specs(features, hidden).stream()).toList());
    }

    private double[] beginning() {
        double[] numbers = TunedSoap.usual();
        if (view instanceof View.AsItIs) {
            numbers[TunedSoap.Number.LOG_RATE.ordinal()] = StrictMath.log(0.001);
            numbers[TunedSoap.Number.LOG_ONE_MINUS_BETA1.ordinal()] = StrictMath.log(0.1);
            numbers[TunedSoap.Number.LOG_ONE_MINUS_BETA2.ordinal()] = StrictMath.log(0.001);
        }
        return numbers;
    }

    @Override
    public float[] initTheta(Rng rng) {
        ParamLayout layout = thetaLayout();
        float[] theta = new float[layout.size()];
        layout.init(rng, theta);
        return theta;
    }

    /** One feature is one group. */
    @Override
    public List<InputGroup> inputs() {
        List<InputGroup.Kind> kinds = features.stream().map(feature -> new InputGroup.Kind(feature.key(), 1)).toList();
        return InputGroup.inOrder(TunedSoap.Number.values().length, hidden, kinds);
    }

    @Override
    public Optimizer bind(float[] theta, Twin twin) {
        LearnedOptimizers.requireTheta("element", theta, thetaLayout());
        return new Bound(this, theta.clone(), twin);
    }

    /** The rule under one theta. */
    private static final class Bound implements Optimizer {
        private static final EigenView.Slots SLOTS = new EigenView.Slots(0, 1, 2, 3);
        /** Means of the loss over 10 and 100 steps, the mean distance from the latter, 1 once there are any; then each tensor's factor. */
        private static final int NOTES = 4;

        private static final int LOSSES = 4;

        private final ElementRule rule;
        private final float[] theta;
        private final Twin twin;
        private final TunedSoap.Rate rate;
        private final ElementNet net;
        private final double beta1;
        private final double beta2;
        private final double shampooBeta;
        private final boolean rotates;
        private final int frequency;

        Bound(ElementRule rule, float[] theta, Twin twin) {
            this.rule = rule;
            this.theta = theta;
            this.twin = twin;
            this.rate = TunedSoap.Rate.of(theta);
            this.net = new ElementNet(rule.features, rule.hidden, rule.reach, theta, TunedSoap.Number.values().length);
            this.beta1 = TunedSoap.decay(theta, TunedSoap.Number.LOG_ONE_MINUS_BETA1);
            this.beta2 = TunedSoap.decay(theta, TunedSoap.Number.LOG_ONE_MINUS_BETA2);
            this.shampooBeta = TunedSoap.decay(theta, TunedSoap.Number.LOG_ONE_MINUS_SHAMPOO_BETA);
            this.rotates = rule.view instanceof View.Eigenbasis;
            this.frequency = rule.view instanceof View.Eigenbasis(int steps, boolean sided) ? steps : 1;
        }

        /** What was derived from the layout. */
        private record Plan(EigenView view, ElementShape shape) {}

        @Override
        public OptimizerState init(ParamLayout layout, int horizon) {
            EigenView view = new EigenView(layout, axes(), SLOTS);
            int squares = view.squares();
            float[][] slots = {
                new float[layout.size()],
                new float[layout.size()],
                new float[squares],
                new float[squares],
                new float[LOSSES + layout.tensors()]
            };
            int largest = layout.specs().stream().mapToInt(spec -> spec.shape().size()).max().orElse(0);
            return new OptimizerState(layout, horizon, slots, new float[2 * largest], new Plan(view, new ElementShape(net, twin, layout)))
                    .holding(SLOTS.mean(), OptimizerState.Content.MOMENTUM)
                    .holding(NOTES, OptimizerState.Content.SUM);
        }

        private EigenView.Axes axes() {
            return switch (rule.view) {
                case View.AsItIs() -> new EigenView.Axes(0, false, false, false);
                case View.Eigenbasis(int steps, boolean oneSided) -> new EigenView.Axes(LONGEST, false, false, oneSided);
            };
        }

        @Override
        public void step(OptimizerState state, Step step) {
            ParamLayout layout = state.layoutOf(step);
            Plan plan = state.plan(Plan.class);
            plan.shape.facts().time(state.t(), state.horizon(), trend(state.slot(NOTES), step.loss()));
            int hidden = 0;
            for (int i = 0; i < layout.tensors(); i++) {
                double factor = factor(state, step, i);
                if (state.t() > 0 || !rotates) {
                    move(state, step, i, factor, hidden);
                }
                hidden += layout.spec(i).role() == Role.HIDDEN ? 1 : 0;
                if (plan.view.rotated(i) > 0) {
                    follow(state, step, i, factor);
                }
            }
            state.advance();
        }

        /** Takes in the loss; how far its last ten steps are above its last hundred, in mean distances from these. */
        private static double trend(float[] notes, float loss) {
            if (notes[3] == 0) {
                notes[0] = loss;
                notes[1] = loss;
                notes[3] = 1;
                return 0;
            }
            notes[0] += 0.1f * (loss - notes[0]);
            notes[1] += 0.01f * (loss - notes[1]);
            notes[2] += 0.01f * (Math.abs(loss - notes[1]) - notes[2]);
            return notes[2] == 0 ? 0 : (notes[0] - notes[1]) / notes[2];
        }

        /** The power of two that brings the tensor's first gradient near 1; kept once there has been one. */
        private static double factor(OptimizerState state, Step step, int tensor) {
            float[] notes = state.slot(NOTES);
            int note = LOSSES + tensor;
            if (notes[note] == 0) {
                double rms = Norms.rms(step.gradient(), state.layout().offset(tensor), state.layout().offset(tensor + 1));
                if (!(rms > 0) || Double.isInfinite(rms)) {
                    return 1;
                }
                notes[note] = Math.scalb(1f, Math.clamp(-Math.getExponent(rms), Float.MIN_EXPONENT, Float.MAX_EXPONENT));
            }
            return notes[note];
        }

        /** @param hidden how many HIDDEN tensors are before it */
        private void move(OptimizerState state, Step step, int tensor, double scale, int hidden) {
            ParamLayout layout = state.layout();
            ParamSpec spec = layout.spec(tensor);
            Plan plan = state.plan(Plan.class);
            int begin = layout.offset(tensor);
            int size = layout.offset(tensor + 1) - begin;
            float[] scratch = state.scratch();
            plan.view.load(state, tensor, step.gradient(), scale);
            int seen = plan.view.rotate(state, tensor);
            int direction = scratch.length / 2 - seen;
            int count = TunedSoap.hidden(layout);
            plan.shape.facts().tensor(spec, place(spec.role(), hidden, count), count);
            plan.shape.facts().weight(Norms.rms(step.params(), begin, begin + size));
            plan.shape.turnTo(layout, tensor, state.slot(SLOTS.mean()), state.slot(SLOTS.meanSquare()));
            plan.shape.average(beta1, beta2, scratch, seen);
            int taken = rotates ? state.t() : state.t() + 1;
            plan.shape.run(correction(beta1, taken), correction(beta2, taken), scratch, seen, direction);
            int update = plan.view.rotateBack(state, tensor, direction);

            double depth = TunedSoap.power(count, TunedSoap.Number.DEPTH_POWER.of(theta));
            double usual = rate.rate(state.t(), state.horizon()) * TunedSoap.factor(theta, spec, depth);
            double muP = spec.role() == Role.HIDDEN && plan.view.rotated(tensor) > 0 ? spec.scaling().orthogonal() : spec.scaling().adam();
            double shrink = spec.role() == Role.VECTOR ? 0 : Math.min(1, TunedSoap.weightDecay(theta, usual, state.horizon()));
            apply(step.params(), begin, scratch, update, size, (float) (usual * muP), (float) shrink);
        }

        private static double place(Role role, int hidden, int count) {
            return switch (role) {
                case INPUT -> -0.5;
                case OUTPUT -> 0.5;
                case VECTOR -> 0;
                case HIDDEN -> count == 1 ? 0 : (double) hidden / (count - 1) - 0.5;
            };
        }

        /** 1/(1 − β^t); the averages have taken in t gradients. */
        private static double correction(double beta, int t) {
            return -1 / StrictMath.expm1(t * StrictMath.log(beta));
        }

        private void follow(OptimizerState state, Step step, int tensor, double scale) {
            EigenView view = state.plan(Plan.class).view;
            view.load(state, tensor, step.gradient(), scale);
            view.average(state, tensor, shampooBeta);
            if (state.t() == 0) {
                view.decompose(state, tensor);
            } else if (state.t() % frequency == 0) {
                view.improve(state, tensor, false);
            }
        }

        private static void apply(float[] w, int begin, float[] update, int at, int size, float rate, float shrink) {
            for (int i = 0; i < size; i++) {
                float moved = w[begin + i] - rate * update[at + i];
                w[begin + i] = moved - shrink * moved;
            }
        }

        @Override
        public List<String> remarks(ParamLayout layout) {
            return rotates ? new EigenView(layout, axes(), SLOTS).remarks("element", layout) : List.of();
        }
    }
}

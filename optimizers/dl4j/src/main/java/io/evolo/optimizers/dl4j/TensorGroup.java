package io.evolo.optimizers.dl4j;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.guard.Interventions;
import io.evolo.tasks.ParamLayout;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Tensors that one state of a rule moves, with room for their values on the heap, where the rules' kernels work. Belongs to one thread
 * at a time.
 */
final class TensorGroup {
    private final BoundRule rule;
    private final List<Variable> variables;
    private final List<Strided> places;
    private final List<LookedUp> lookedUp;
    private final ParamLayout layout;
    private final OptimizerState state;
    private final Step step;

    TensorGroup(BoundRule rule, NetworkPlan tensors) {
        this.rule = rule;
        this.variables = tensors.variables();
        this.places = variables.stream().map(v -> new Strided(v.axes(), v.strides())).toList();
        this.lookedUp = variables.stream().map(v -> new LookedUp(v, new float[rule.markedRows(v)])).toList();
        this.layout = tensors.layout(rule.options().parametrization());
        this.state = rule.init(layout);
        this.step = new Step(new float[layout.size()], new float[layout.size()]);
    }

    OptimizerState state() {
        return state;
    }

    /** For every embedding which of its rows have been looked up; to be kept with the state. */
    List<float[]> marks() {
        return lookedUp.stream().map(LookedUp::marks).toList();
    }

    int size() {
        return layout.size();
    }

    /** Reads the gradients of the tensors that lie within [begin, end) of the network's. */
    void readGradient(Memory gradient, int begin, int end) {
        within(begin, end, i -> {
            read(gradient, i, step.gradient());
            lookedUp.get(i).mark(step.gradient(), layout.offset(i));
        });
    }

    /**
     * One step of the rule; afterwards {@link #writeUpdates} has what DL4J is to subtract.
     *
     * @param multiplier of the way that the parameters go, unless rails take them back
     */
    void move(Memory parameters, float loss, float multiplier) {
        readParameters(parameters);
        float[] before = multiplier == 1 ? new float[0] : step.params().clone();
        int backs = rolledBack();
        rule.rule().step(state, step.at(loss));
        if (rolledBack() > backs) {
            return;
        }
        for (int i = 0; i < before.length; i++) {
            step.params()[i] = before[i] + multiplier * (step.params()[i] - before[i]);
        }
    }

    private int rolledBack() {
        return rule.interventions(state).map(Interventions::rolledBack).orElse(0);
    }

    /** How often rails have acted; empty if there are none. */
    Optional<Interventions> interventions() {
        return rule.interventions(state);
    }

    private void readParameters(Memory parameters) {
        for (int i = 0; i < places.size(); i++) {
            read(parameters, i, step.params());
        }
    }

    /** Writes the parameters that the network is to be judged by. */
    void writeEvaluationParams(Memory parameters, Memory out) {
        readParameters(parameters);
        float[] judged = new float[layout.size()];
        rule.rule().evaluationParams(state, step.params(), judged);
        for (int i = 0; i < places.size(); i++) {
            places.get(i).write(judged, layout.offset(i), out, variables.get(i).offset());
        }
    }

    private void read(Memory from, int tensor, float[] to) {
        places.get(tensor).read(from, variables.get(tensor).offset(), to, layout.offset(tensor));
    }

    /**
     * Writes what is to be subtracted from the parameters.
     *
     * @param parameters as they were before the step
     */
    void writeUpdates(Memory parameters, Memory gradient, int begin, int end) {
        within(begin, end, i -> writeUpdate(parameters, gradient, i));
    }

    /** Adds to what is there what is to be subtracted from the parameters. */
    void addUpdates(Memory parameters, Memory gradient, int begin, int end) {
        within(begin, end, i -> {
            int offset = variables.get(i).offset();
            float[] there = new float[places.get(i).size()];
            float[] sum = new float[there.length];
            gradient.get(offset, there, 0, there.length);
            writeUpdate(parameters, gradient, i);
            gradient.get(offset, sum, 0, sum.length);
            for (int j = 0; j < sum.length; j++) {
                sum[j] += there[j];
            }
            gradient.put(offset, sum, 0, sum.length);
        });
    }

    /** The tensor's old values less its new ones. */
    private void writeUpdate(Memory parameters, Memory gradient, int tensor) {
        int offset = variables.get(tensor).offset();
        places.get(tensor).writeDecrease(step.params(), layout.offset(tensor), parameters, gradient, offset);
        lookedUp.get(tensor).clearOthers(gradient);
    }

    /** Does the work for the tensors that lie within [begin, end) of the network's. */
    private void within(int begin, int end, IntConsumer work) {
        for (int i = 0; i < places.size(); i++) {
            int offset = variables.get(i).offset();
            if (offset >= begin && offset < end) {
                work.accept(i);
            }
        }
    }
}

package io.evolo.optimizers.dl4j;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Tensors that one state of a rule moves, with room for their values on the heap, where the rules' kernels work. Belongs to one thread
 * at a time.
 */
final class TensorGroup {
    private final BoundRule rule;
    private final List<Variable> variables;
    private final List<Strided> places;
    private final ParamLayout layout;
    private final OptimizerState state;
    private final float[] before;
    private final float[] scratch;
    private final Step step;

    TensorGroup(BoundRule rule, NetworkPlan tensors) {
        this.rule = rule;
        this.variables = tensors.variables();
        this.places = variables.stream().map(v -> new Strided(v.axes(), v.strides())).toList();
        this.layout = tensors.layout(rule.options().parametrization());
        this.state = rule.init(layout);
        this.before = new float[layout.size()];
        this.scratch = new float[places.stream().mapToInt(Strided::size).max().orElse(0)];
        this.step = new Step(new float[layout.size()], new float[layout.size()]);
    }

    OptimizerState state() {
        return state;
    }

    int size() {
        return layout.size();
    }

    /** Reads the gradients of the tensors that lie within [begin, end) of the network's. */
    void readGradient(FloatBuffer gradient, int shift, int begin, int end) {
        read(gradient, shift, begin, end, step.gradient());
    }

    /** One step of the rule; afterwards {@link #writeUpdates} has what DL4J is to subtract. */
    void move(FloatBuffer parameters, int shift, float loss) {
        read(parameters, shift, 0, Integer.MAX_VALUE, before);
        float[] p = step.params();
        System.arraycopy(before, 0, p, 0, p.length);
        rule.rule().step(state, step.at(loss));
        for (int i = 0; i < p.length; i++) {
            before[i] -= p[i];
        }
    }

    /** Writes what is to be subtracted from the parameters. */
    void writeUpdates(FloatBuffer gradient, int shift, int begin, int end) {
        for (int i = 0; i < places.size(); i++) {
            if (lies(i, begin, end)) {
                places.get(i).write(before, layout.offset(i), gradient, variables.get(i).offset() + shift, scratch);
            }
        }
    }

    /** Adds to what is there what is to be subtracted from the parameters. */
    void addUpdates(FloatBuffer gradient, int shift, int begin, int end) {
        float[] there = step.gradient();
        read(gradient, shift, begin, end, there);
        for (int i = 0; i < there.length; i++) {
            before[i] += there[i];
        }
        writeUpdates(gradient, shift, begin, end);
    }

    private void read(FloatBuffer from, int shift, int begin, int end, float[] to) {
        for (int i = 0; i < places.size(); i++) {
            if (lies(i, begin, end)) {
                places.get(i).read(from, variables.get(i).offset() + shift, to, layout.offset(i), scratch);
            }
        }
    }

    private boolean lies(int i, int begin, int end) {
        int offset = variables.get(i).offset();
        return offset >= begin && offset < end;
    }
}

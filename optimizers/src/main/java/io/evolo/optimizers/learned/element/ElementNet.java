package io.evolo.optimizers.learned.element;

import static io.evolo.optimizers.learned.element.Block.L;
import static io.evolo.optimizers.learned.element.Block.S;
import static io.evolo.optimizers.learned.element.Block.SIZE;

import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import io.evolo.tasks.kernels.FloatMath;
import io.evolo.tasks.kernels.VectorMath;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * The network that makes an element's step of its features, features → hidden → 2 with ReLU: with u and a as {@link ElementFeature} has
 * them and the outputs o, p,
 *
 * <pre>
 * f = u·exp(reach·o) + a·reach·p, the exponent within ±10
 * </pre>
 *
 * <p>so that outputs of 0 leave u. What features of the tensor contribute is added to the first layer's bias once for all elements. Both
 * readings, {@link #of one element by the formula} and {@link #run a block by columns}, add up in one order by fused multiply-adds and
 * give the same bits. Immutable; memory and biases are the caller's.
 */
public final class ElementNet {
    private static final int OUTPUTS = 2;
    /** Hidden units that are computed together; their number is padded to a multiple. */
    private static final int TILE = 4;

    private static final float STEEPEST = 10;

    private final Feature.OfElement[] own;
    private final Feature.OfTensor[] shared;
    private final int units;
    private final float reach;
    /** Tiles of units behind each other, of each tile the weights of one feature after the other. */
    private final float[] ownWeights;
    private final float[] sharedWeights;
    private final float[] bias;
    private final float[] outWeights;
    private final float[] outBias;

    /**
     * @param theta holds the tensors of {@link #specs} from {@code at} on; copied
     * @param reach what outputs are multiplied by
     */
    public ElementNet(List<Feature> features, int hidden, double reach, float[] theta, int at) {
        this.own = features.stream().filter(Feature.OfElement.class::isInstance).toArray(Feature.OfElement[]::new);
        this.shared = features.stream().filter(Feature.OfTensor.class::isInstance).toArray(Feature.OfTensor[]::new);
        this.units = Math.addExact(hidden, TILE - 1) / TILE * TILE;
        this.reach = (float) reach;
        this.ownWeights = new float[own.length * units];
        this.sharedWeights = new float[shared.length * units];
        this.bias = new float[units];
        this.outWeights = new float[units * OUTPUTS];
        int ownIndex = 0;
        int sharedIndex = 0;
        int from = at;
        for (Feature feature : features) {
            switch (feature) {
                case Feature.OfElement element -> packOwn(theta, from, hidden, ownIndex++);
                case Feature.OfTensor tensor -> System.arraycopy(theta, from, sharedWeights, units * sharedIndex++, hidden);
            }
            from += hidden;
        }
        System.arraycopy(theta, from, bias, 0, hidden);
        from += hidden;
        System.arraycopy(theta, from, outWeights, 0, hidden * OUTPUTS);
        from += hidden * OUTPUTS;
        this.outBias = new float[] {theta[from], theta[from + 1]};
    }

    private void packOwn(float[] theta, int from, int hidden, int feature) {
        for (int j = 0; j < hidden; j++) {
            ownWeights[packed(feature, j)] = theta[from + j];
        }
    }

    private int packed(int feature, int unit) {
        return (unit / TILE * own.length + feature) * TILE + unit % TILE;
    }

    /** Its part of theta: weights and biases of both layers. The first begins random, N_trunc(1/√features), the rest at 0. */
    public static List<ParamSpec> specs(List<Feature> features, int hidden) {
        int ins = features.size();
        Scaling random = ins == 0 ? Scaling.NONE : new Scaling(1 / Math.sqrt(ins), 1, 1, 1);
        return List.of(
                new ParamSpec("w0", Shape.of(ins, hidden), Role.VECTOR, ins, 0, random),
                ParamSpec.plain("b0", Shape.of(hidden)),
                ParamSpec.plain("w1", Shape.of(hidden, OUTPUTS)),
                ParamSpec.plain("b1", Shape.of(OUTPUTS)));
    }

    /** Values of working memory that a thread needs: those of {@link Block}, the features', hidden units' and the results'. */
    public int memory() {
        return results() + SIZE;
    }

    /** Where in that memory {@link #run} leaves its results. */
    public int results() {
        return hidden() + units * SIZE;
    }

    private int hidden() {
        return Block.END + own.length * SIZE;
    }

    /** Values of {@link #shared}. */
    public int units() {
        return units;
    }

    /** Writes what the first layer starts with for all elements of a tensor [units] to {@code out}. */
    public void shared(TensorFacts facts, float[] out) {
        System.arraycopy(bias, 0, out, 0, units);
        for (int k = 0; k < shared.length; k++) {
            float x = shared[k].of(facts);
            for (int j = 0; j < units; j++) {
                out[j] = Math.fma(x, sharedWeights[k * units + j], out[j]);
            }
        }
    }

    /**
     * The plain reading.
     *
     * @param start what {@link #shared} wrote
     * @param memory overwritten
     */
    public float of(float step, float fresh, float share, float row, float column, float[] start, float[] memory) {
        int hidden = hidden();
        System.arraycopy(start, 0, memory, hidden, units);
        for (int k = 0; k < own.length; k++) {
            float x = own[k].of(step, fresh, share, row, column);
            for (int j = 0; j < units; j++) {
                memory[hidden + j] = Math.fma(x, ownWeights[packed(k, j)], memory[hidden + j]);
            }
        }
        float o = outBias[0];
        float p = outBias[1];
        for (int j = 0; j < units; j++) {
            float h = Math.max(memory[hidden + j], 0);
            o = Math.fma(h, outWeights[j * OUTPUTS], o);
            p = Math.fma(h, outWeights[j * OUTPUTS + 1], p);
        }
        float exponent = Math.min(Math.max(reach * o, -STEEPEST), STEEPEST);
        return step * FloatMath.exp(exponent) + fresh * (reach * p);
    }

    /**
     * The fast reading, of a block whose columns stand in {@code memory}; leaves f of its elements there, at {@link #results}.
     *
     * @param start what {@link #shared} wrote
     */
    public void run(float[] memory, float[] start) {
        for (int k = 0; k < own.length; k++) {
            own[k].column(memory, Block.END + k * SIZE);
        }
        int hidden = hidden();
        for (int j = 0; j < units; j += TILE) {
            for (int i = 0; i < SIZE; i += 2 * L) {
                tile(memory, Block.END + i, own.length, ownWeights, j * own.length, start, j, hidden + j * SIZE + i);
            }
        }
        for (int i = 0; i < SIZE; i += L) {
            finish(memory, hidden + i, i, results() + i);
        }
    }

    /** Four units of two vectors of elements. */
    private static void tile(float[] s, int x, int ins, float[] w, int at, float[] start, int unit, int y) {
        FloatVector a0 = FloatVector.broadcast(S, start[unit]);
        FloatVector a1 = FloatVector.broadcast(S, start[unit + 1]);
        FloatVector a2 = FloatVector.broadcast(S, start[unit + 2]);
        FloatVector a3 = FloatVector.broadcast(S, start[unit + 3]);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector b3 = a3;
        for (int k = 0; k < ins; k++) {
            FloatVector a = FloatVector.fromArray(S, s, x + k * SIZE);
            FloatVector b = FloatVector.fromArray(S, s, x + k * SIZE + L);
            int i = at + k * TILE;
            FloatVector w0 = FloatVector.broadcast(S, w[i]);
            a0 = a.fma(w0, a0);
            b0 = b.fma(w0, b0);
            FloatVector w1 = FloatVector.broadcast(S, w[i + 1]);
            a1 = a.fma(w1, a1);
            b1 = b.fma(w1, b1);
            FloatVector w2 = FloatVector.broadcast(S, w[i + 2]);
            a2 = a.fma(w2, a2);
            b2 = b.fma(w2, b2);
            FloatVector w3 = FloatVector.broadcast(S, w[i + 3]);
            a3 = a.fma(w3, a3);
            b3 = b.fma(w3, b3);
        }
        a0.max(0).intoArray(s, y);
        b0.max(0).intoArray(s, y + L);
        a1.max(0).intoArray(s, y + SIZE);
        b1.max(0).intoArray(s, y + SIZE + L);
        a2.max(0).intoArray(s, y + 2 * SIZE);
        b2.max(0).intoArray(s, y + 2 * SIZE + L);
        a3.max(0).intoArray(s, y + 3 * SIZE);
        b3.max(0).intoArray(s, y + 3 * SIZE + L);
    }

    private void finish(float[] s, int hidden, int i, int y) {
        FloatVector o = FloatVector.broadcast(S, outBias[0]);
        FloatVector p = FloatVector.broadcast(S, outBias[1]);
        for (int j = 0; j < units; j++) {
            FloatVector h = FloatVector.fromArray(S, s, hidden + j * SIZE);
            o = h.fma(FloatVector.broadcast(S, outWeights[j * OUTPUTS]), o);
            p = h.fma(FloatVector.broadcast(S, outWeights[j * OUTPUTS + 1]), p);
        }
        FloatVector step = FloatVector.fromArray(S, s, Block.STEP + i);
        FloatVector fresh = FloatVector.fromArray(S, s, Block.FRESH + i);
        FloatVector factor = VectorMath.exp(o.mul(reach).max(-STEEPEST).min(STEEPEST));
        step.mul(factor).add(fresh.mul(p.mul(reach))).intoArray(s, y);
    }
}

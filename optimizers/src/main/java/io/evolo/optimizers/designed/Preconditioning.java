package io.evolo.optimizers.designed;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import java.util.List;

/**
 * The plan of a rule that hands a base rule another gradient of the dense layers than the step's: the base rule with its state, the
 * layers, and where each one's factors lie in the rule's own slots, left factors [in + 1, in + 1] and right factors [units, units]
 * behind each other. Belongs to one thread.
 */
final class Preconditioning {
    private final Optimizer base;
    private final OptimizerState baseState;
    private final List<DenseBlock> blocks;
    private final int[] leftAt;
    private final int[] updateAt;
    private final float[] gradient;
    private final float[] updates;
    private final float[] d;

    Preconditioning(Optimizer base, ParamLayout layout, int horizon) {
        this.base = base;
        this.baseState = base.init(layout, horizon);
        this.blocks = DenseBlock.of(layout);
        this.leftAt = new int[blocks.size() + 1];
        this.updateAt = new int[blocks.size() + 1];
        int largest = 0;
        for (int i = 0; i < blocks.size(); i++) {
            DenseBlock block = blocks.get(i);
            leftAt[i + 1] = leftAt[i] + block.inputs() * block.inputs() + block.units() * block.units();
            updateAt[i + 1] = updateAt[i] + block.size();
            largest = Math.max(largest, block.size());
        }
        this.gradient = new float[layout.size()];
        this.updates = new float[updateAt[blocks.size()]];
        this.d = new float[largest];
    }

    OptimizerState baseState() {
        return baseState;
    }

    /** Slots of the base rule; the preconditioning rule's own come after them. */
    int baseSlots() {
        return baseState.slots();
    }

    int layers() {
        return blocks.size();
    }

    DenseBlock block(int i) {
        return blocks.get(i);
    }

    /** Where the left factor of layer i begins in a slot of factors. */
    int leftAt(int i) {
        return leftAt[i];
    }

    /** Where the right factor of layer i begins in a slot of factors. */
    int rightAt(int i) {
        return leftAt[i] + block(i).inputs() * block(i).inputs();
    }

    /** A slot of factors that are all the identity. */
    float[] identities() {
        float[] factors = new float[leftAt[blocks.size()]];
        for (int i = 0; i < blocks.size(); i++) {
            setDiagonal(factors, leftAt(i), block(i).inputs());
            setDiagonal(factors, rightAt(i), block(i).units());
        }
        return factors;
    }

    private static void setDiagonal(float[] x, int at, int n) {
        for (int i = 0; i < n; i++) {
            x[at + i * n + i] = 1;
        }
    }

    /** The updates of all layers, that of layer i, U [in + 1, units], at {@link #updateAt}. */
    float[] updates() {
        return updates;
    }

    int updateAt(int i) {
        return updateAt[i];
    }

    /** The gradient D [in + 1, units] of layer i; the next call overwrites it. */
    float[] gradientOf(int i, Step step) {
        block(i).gather(step.gradient(), d);
        return d;
    }

    /** Writes U = L·D·R of layer i, with the factors in one slot. */
    void multiplyBothSides(int i, float[] factors, Step step) {
        block(i).multiplyBothSides(factors, leftAt(i), gradientOf(i, step), factors, rightAt(i), updates, updateAt(i));
    }

    /** Writes U = D of layer i. */
    void leave(int i, Step step) {
        System.arraycopy(gradientOf(i, step), 0, updates, updateAt(i), block(i).size());
    }

    /** Multiplies U of layer i. */
    void scale(int i, double factor) {
        for (int j = updateAt[i]; j < updateAt[i + 1]; j++) {
            updates[j] *= (float) factor;
        }
    }

    /** Σ U∘D over all layers. */
    double dot(Step step) {
        double sum = 0;
        for (int i = 0; i < blocks.size(); i++) {
            gradientOf(i, step);
            for (int j = 0; j < block(i).size(); j++) {
                sum += (double) updates[updateAt[i] + j] * d[j];
            }
        }
        return sum;
    }

    /** ν = min(1, √(κ/|η² Σ U∘D|)), 1 where the sum is 0: the KL clip of K-FAC. */
    double klFactor(double kl, double rate, Step step) {
        if (kl == Double.POSITIVE_INFINITY) {
            return 1;
        }
        double sum = Math.abs(rate * rate * dot(step));
        return sum == 0 ? 1 : Math.min(1, Math.sqrt(kl / sum));
    }

    /** As {@link #stepBase(Step, double, double)}, without decay. */
    void stepBase(Step step, double nu) {
        stepBase(step, nu, 0);
    }

    /**
     * The base rule's step with ν·U in the place of the dense layers' gradients; the step's gradient is afterwards as it was.
     *
     * @param decay coupled: times w it is added to the gradients of all tensors
     */
    void stepBase(Step step, double nu, double decay) {
        float[] g = step.gradient();
        System.arraycopy(g, 0, gradient, 0, g.length);
        for (int i = 0; i < blocks.size(); i++) {
            block(i).scatter((float) nu, updates, updateAt[i], g);
        }
        for (int i = 0; decay != 0 && i < g.length; i++) {
            g[i] += (float) decay * step.params()[i];
        }
        base.step(baseState, step);
        System.arraycopy(gradient, 0, g, 0, g.length);
    }
}

package io.evolo.optimizers.learned;

import io.evolo.tasks.kernels.Exponentials;
import io.evolo.tasks.kernels.FloatMath;
import io.evolo.tasks.kernels.LaneSums;
import io.evolo.tasks.kernels.Twin;
import io.evolo.tasks.kernels.VectorMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The elements of the tensor that {@link EvolvedSoap} is at, and what it makes of them, plainly or by vectors with the same bits. Holds
 * working memory: belongs to one state.
 */
final class ShapedTensor {
    /** What |u| and v̂/v̄ are kept above, before their logarithms are taken. */
    static final float LEAST = 1e-12f;

    /** ε over the root of the tensor's mean square. */
    private static final float EPSILON = 1e-5f;

    private static final float STEEPEST = 10;
    /** Elements that stay in the innermost cache from one loop to the next. */
    private static final int BLOCK = 2048;

    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private final Formula formula;
    private final Twin twin;
    private final LaneSums sums;
    private final float[] powers = new float[BLOCK];
    private final float[] x;
    private final float[] m;
    private final float[] v;
    private float[] g;
    private int size;
    private int begin;
    private int from;
    private int to;
    private float one;
    private float two;
    private float mean;
    private float epsilon;

    /**
     * What becomes of an element.
     *
     * @param nesterov part of the gradient's way from the mean
     * @param sharp power of |u| beside 1
     * @param spread power of the share of the mean square
     * @param squash what bounds f
     * @param agree what is added where gradient and mean agree, and taken away where they do not
     */
    record Formula(float nesterov, float sharp, float spread, float squash, float agree) {}

    /**
     * @param x gets what becomes of gradients
     * @param m means of all tensors
     * @param v mean squares of all tensors
     */
    ShapedTensor(Formula formula, Twin twin, float[] x, float[] m, float[] v) {
        this.formula = formula;
        this.twin = twin;
        this.sums = new LaneSums(twin);
        this.x = x;
        this.m = m;
        this.v = v;
    }

    /**
     * Turns to a tensor.
     *
     * @param tensor where it begins among all
     * @param gradient holds its gradient as the rule sees it, from {@code at} on
     * @param result where f is to begin in x, apart from the gradient
     */
    void turnTo(int tensor, int length, float[] gradient, int at, int result) {
        begin = tensor;
        size = length;
        g = gradient;
        from = at;
        to = result;
    }

    /** Where f begins in x. */
    int result() {
        return to;
    }

    /** Σ y² over the tensor's part of an array of all tensors; infinite where floats cannot hold a square. */
    double squares(float[] y) {
        double sum = 0;
        for (int done = 0; done < size; done += BLOCK) {
            sum += sums.dot(y, begin + done, y, begin + done, Math.min(BLOCK, size - done));
        }
        return sum;
    }

    /** m ← β1 m + (1 − β1) g, v ← β2 v + (1 − β2) g². */
    void average(double beta1, double beta2) {
        float b1 = (float) beta1;
        float b2 = (float) beta2;
        float a1 = (float) (1 - beta1);
        float a2 = (float) (1 - beta2);
        int fast = fast(size);
        for (int i = 0; i < fast; i += L) {
            FloatVector fresh = FloatVector.fromArray(S, g, from + i);
            FloatVector.fromArray(S, m, begin + i).mul(b1).add(fresh.mul(a1)).intoArray(m, begin + i);
            FloatVector.fromArray(S, v, begin + i).mul(b2).add(fresh.mul(fresh).mul(a2)).intoArray(v, begin + i);
        }
        for (int i = fast; i < size; i++) {
            float fresh = g[from + i];
            m[begin + i] = b1 * m[begin + i] + a1 * fresh;
            v[begin + i] = b2 * v[begin + i] + a2 * (fresh * fresh);
        }
    }

    /**
     * Writes f of the elements; returns its root mean square.
     *
     * @param correction1 m̂/m
     * @param correction2 v̂/v
     */
    double shape(double correction1, double correction2) {
        one = (float) correction1;
        two = (float) correction2;
        double sum = 0;
        for (int done = 0; done < size; done += BLOCK) {
            sum += sums.sum(v, begin + done, Math.min(BLOCK, size - done));
        }
        mean = Math.max((float) (sum / size) * two, Float.MIN_NORMAL);
        epsilon = EPSILON * (float) Math.sqrt(mean);
        double squares = 0;
        for (int done = 0; done < size; done += BLOCK) {
            int count = Math.min(BLOCK, size - done);
            shape(done, done + count);
            squares += sums.dot(x, to + done, x, to + done, count);
        }
        return Math.sqrt(squares / size);
    }

    private void shape(int start, int end) {
        int fast = start + fast(end - start);
        fastShares(start, fast);
        fastPowers(start, fast);
        for (int i = fast; i < end; i++) {
            float share = v[begin + i] * two / mean;
            x[to + i] = step(i);
            float power = formula.sharp * FloatMath.log(Math.abs(x[to + i]) + LEAST) + formula.spread * FloatMath.log(share + LEAST);
            powers[i - start] = Math.clamp(power, -STEEPEST, STEEPEST);
        }
        Exponentials.apply(twin, powers, 0, end - start);
        fastShapes(start, fast);
        for (int i = fast; i < end; i++) {
            float u = x[to + i];
            float shaped = u * powers[i - start] * (1 + formula.agree * Math.signum(m[begin + i] * g[from + i]));
            x[to + i] = shaped / (float) Math.sqrt(1 + formula.squash * u * u);
        }
    }

    /** u of an element. */
    private float step(int i) {
        float along = m[begin + i] * one;
        return (along + formula.nesterov * (g[from + i] - along)) / ((float) Math.sqrt(v[begin + i] * two) + epsilon);
    }

    // The compiler does not inline these functions into one loop, so that each has one of its own.

    private void fastShares(int start, int end) {
        for (int i = start; i < end; i += L) {
            FloatVector share = FloatVector.fromArray(S, v, begin + i).mul(two).div(mean);
            VectorMath.log(share.add(LEAST)).mul(formula.spread).intoArray(powers, i - start);
        }
    }

    private void fastPowers(int start, int end) {
        for (int i = start; i < end; i += L) {
            FloatVector u = steps(i);
            u.intoArray(x, to + i);
            FloatVector power = VectorMath.log(u.abs().add(LEAST)).mul(formula.sharp).add(FloatVector.fromArray(S, powers, i - start));
            power.max(-STEEPEST).min(STEEPEST).intoArray(powers, i - start);
        }
    }

    private void fastShapes(int start, int end) {
        for (int i = start; i < end; i += L) {
            FloatVector u = FloatVector.fromArray(S, x, to + i);
            FloatVector product = FloatVector.fromArray(S, m, begin + i).mul(FloatVector.fromArray(S, g, from + i));
            FloatVector shaped = u.mul(FloatVector.fromArray(S, powers, i - start)).mul(agreement(product));
            shaped.div(u.mul(formula.squash).mul(u).add(1).sqrt()).intoArray(x, to + i);
        }
    }

    private FloatVector steps(int i) {
        FloatVector along = FloatVector.fromArray(S, m, begin + i).mul(one);
        FloatVector root = FloatVector.fromArray(S, v, begin + i).mul(two).sqrt().add(epsilon);
        return FloatVector.fromArray(S, g, from + i).sub(along).mul(formula.nesterov).add(along).div(root);
    }

    private FloatVector agreement(FloatVector product) {
        VectorMask<Float> with = product.compare(VectorOperators.GT, 0);
        VectorMask<Float> against = product.compare(VectorOperators.LT, 0);
        return product.broadcast(1).blend(1 + formula.agree, with).blend(1 - formula.agree, against);
    }

    /**
     * w ← w − rate·f, then w ← w − shrink·w.
     *
     * @param w parameters of all tensors
     * @param update where f begins in x by now
     */
    void move(float[] w, int update, float rate, float shrink) {
        int fast = fast(size);
        for (int i = 0; i < fast; i += L) {
            FloatVector moved = FloatVector.fromArray(S, w, begin + i).sub(FloatVector.fromArray(S, x, update + i).mul(rate));
            moved.sub(moved.mul(shrink)).intoArray(w, begin + i);
        }
        for (int i = fast; i < size; i++) {
            float moved = w[begin + i] - rate * x[update + i];
            w[begin + i] = moved - shrink * moved;
        }
    }

    private int fast(int count) {
        return twin == Twin.PLAIN ? 0 : S.loopBound(count);
    }
}

package io.evolo.optimizers.learned.element;

import static io.evolo.optimizers.learned.element.Block.L;
import static io.evolo.optimizers.learned.element.Block.S;
import static io.evolo.optimizers.learned.element.Block.SIZE;

import io.evolo.optimizers.Norms;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.kernels.FloatMath;
import io.evolo.tasks.kernels.Team;
import io.evolo.tasks.kernels.Twin;
import io.evolo.tasks.kernels.VectorMath;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Makes a tensor's step f of its gradient and averages by a network, plainly or fast, with the same bits. Large tensors are shared out
 * among the threads of a {@link Team}. Holds working memory: belongs to one state.
 */
public final class ElementShape {
    /** What the quotient of a mean square is kept above, before its logarithm is taken. */
    private static final float LEAST = 1e-12f;
    /** ε over the root of the tensor's mean square. */
    private static final float EPSILON = 1e-5f;
    /** Elements that are worth sharing out: some 100 µs. */
    private static final int WORTH_SHARING = 16_384;

    private final ElementNet net;
    private final Twin twin;
    private final TensorFacts facts = new TensorFacts();
    private final float[] start;
    private final float[] rows;
    private final float[] columns;
    private float[][] memories;

    private float[] m;
    private float[] v;
    private int begin;
    private int size;
    private int rowLength;
    private float one;
    private float two;
    private float mean;
    private float epsilon;

    public ElementShape(ElementNet net, Twin twin, ParamLayout layout) {
        this.net = net;
        this.twin = twin;
        this.start = new float[net.units()];
        this.rows = new float[layout.specs().stream().mapToInt(spec -> spec.shape().size() / rowLength(spec)).max().orElse(0)];
        this.columns = new float[layout.specs().stream().mapToInt(ElementShape::rowLength).max().orElse(0)];
        this.memories = new float[][] {new float[net.memory()]};
    }

    /** Elements along the last axis. */
    private static int rowLength(ParamSpec spec) {
        int rank = spec.shape().rank();
        return rank == 0 ? 1 : spec.shape().axis(rank - 1);
    }

    /** What the features of the tensor will be made of; the caller's to set before {@link #run}. */
    public TensorFacts facts() {
        return facts;
    }

    /**
     * Turns to a tensor.
     *
     * @param mean slot of all m
     * @param meanSquare slot of all v
     */
    public void turnTo(ParamLayout layout, int tensor, float[] mean, float[] meanSquare) {
        m = mean;
        v = meanSquare;
        begin = layout.offset(tensor);
        size = layout.offset(tensor + 1) - begin;
        rowLength = layout.spec(tensor).shape().rank() < 2 ? 0 : rowLength(layout.spec(tensor));
    }

    /**
     * Takes the tensor's gradient into its averages: m ← β1 m + (1 − β1)g, v ← β2 v + (1 − β2)g².
     *
     * @param g holds the gradient as the rule sees it from {@code gAt} on
     */
    public void average(double beta1, double beta2, float[] g, int gAt) {
        float b1 = (float) beta1;
        float b2 = (float) beta2;
        float a1 = (float) (1 - beta1);
        float a2 = (float) (1 - beta2);
        for (int i = 0; i < size; i++) {
            float x = g[gAt + i];
            m[begin + i] = b1 * m[begin + i] + a1 * x;
            v[begin + i] = b2 * v[begin + i] + a2 * (x * x);
        }
    }

    /**
     * Writes f of every element of that tensor to {@code out}, from {@code outAt} on.
     *
     * @param correction1 what corrects m for its start at 0
     * @param correction2 what corrects v
     * @param x holds the gradient as the rule sees it from {@code xAt} on, and gets f from {@code outAt} on
     */
    public void run(double correction1, double correction2, float[] x, int xAt, int outAt) {
        one = (float) correction1;
        two = (float) correction2;
        double squares = Norms.sum(v, begin, begin + size);
        mean = Math.max((float) (squares / size), Float.MIN_NORMAL);
        epsilon = EPSILON * (float) Math.sqrt(mean * two);
        facts.signal = correction1 * correction1 * Norms.squares(m, begin, begin + size)
                / (correction2 * Math.max(squares, (double) Float.MIN_NORMAL * size));
        net.shared(facts, start);
        sides();
        if (twin == Twin.PLAIN) {
            plain(x, xAt, outAt);
        } else {
            fast(x, xAt, outAt);
        }
    }

    /** Logarithms of the means of v over rows and columns. */
    private void sides() {
        if (rowLength == 0) {
            rows[0] = 0;
            columns[0] = 0;
            return;
        }
        int count = size / rowLength;
        Arrays.fill(columns, 0, rowLength, 0);
        for (int r = 0; r < count; r++) {
            float sum = 0;
            int at = begin + r * rowLength;
            for (int c = 0; c < rowLength; c++) {
                columns[c] += v[at + c];
                sum += v[at + c];
            }
            rows[r] = share(sum / rowLength);
        }
        for (int c = 0; c < rowLength; c++) {
            columns[c] = share(columns[c] / count);
        }
    }

    private float share(float square) {
        return 0.25f * FloatMath.log(square / mean + LEAST);
    }

    private float root(int i) {
        return (float) Math.sqrt(v[begin + i] * two) + epsilon;
    }

    private void plain(float[] x, int xAt, int outAt) {
        for (int i = 0; i < size; i++) {
            float row = rowLength == 0 ? 0 : rows[i / rowLength];
            float column = rowLength == 0 ? 0 : columns[i % rowLength];
            float root = root(i);
            x[outAt + i] = net.of(m[begin + i] * one / root, x[xAt + i] / root, share(v[begin + i]), row, column, start, memories[0]);
        }
    }

    private void fast(float[] x, int xAt, int outAt) {
        int threads = size < WORTH_SHARING ? 1 : Team.size();
        if (threads == 1) {
            blocks(x, xAt, outAt, 0, size, memories[0]);
            return;
        }
        int before = memories.length;
        if (before < threads) {
            memories = Arrays.copyOf(memories, threads);
            for (int part = before; part < threads; part++) {
                memories[part] = new float[net.memory()];
            }
        }
        Team.each(part -> blocks(
                x, xAt, outAt, Team.cut(size, SIZE, part, threads), Team.cut(size, SIZE, part + 1, threads), memories[part]));
    }

    private void blocks(float[] x, int xAt, int outAt, int from, int to, float[] memory) {
        for (int at = from; at < to; at += SIZE) {
            int count = Math.min(SIZE, to - at);
            if (count == SIZE) {
                load(x, xAt, at, memory);
            } else {
                loadSome(x, xAt, at, count, memory);
            }
            loadSides(at, count, memory);
            net.run(memory, start);
            System.arraycopy(memory, net.results(), x, outAt + at, count);
        }
    }

    private void load(float[] x, int xAt, int at, float[] memory) {
        for (int i = 0; i < SIZE; i += L) {
            load(x, xAt + at + i, begin + at + i, memory, i);
        }
    }

    private void load(float[] x, int from, int element, float[] memory, int i) {
        FloatVector square = FloatVector.fromArray(S, v, element);
        FloatVector root = square.mul(two).sqrt().add(epsilon);
        FloatVector.fromArray(S, m, element).mul(one).div(root).intoArray(memory, Block.STEP + i);
        FloatVector.fromArray(S, x, from).div(root).intoArray(memory, Block.FRESH + i);
        VectorMath.log(square.div(mean).add(LEAST)).mul(0.25f).intoArray(memory, Block.SHARE + i);
    }

    private void loadSome(float[] x, int xAt, int at, int count, float[] memory) {
        for (int i = 0; i < count; i++) {
            float root = root(at + i);
            memory[Block.STEP + i] = m[begin + at + i] * one / root;
            memory[Block.FRESH + i] = x[xAt + at + i] / root;
            memory[Block.SHARE + i] = share(v[begin + at + i]);
        }
    }

    private void loadSides(int at, int count, float[] memory) {
        if (rowLength == 0) {
            Arrays.fill(memory, Block.ROW, Block.COLUMN + SIZE, 0);
            return;
        }
        for (int i = 0; i < count; ) {
            int column = (at + i) % rowLength;
            int run = Math.min(count - i, rowLength - column);
            Arrays.fill(memory, Block.ROW + i, Block.ROW + i + run, rows[(at + i) / rowLength]);
            System.arraycopy(columns, column, memory, Block.COLUMN + i, run);
            i += run;
        }
    }
}

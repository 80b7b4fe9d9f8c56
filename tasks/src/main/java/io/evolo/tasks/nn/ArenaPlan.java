package io.evolo.tasks.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where the values and gradients of a network lie in one array. An activation that can tell its slope from its value overwrites its
 * operand, and elementwise operations hand their gradient on in place: a small network then stays in the first-level cache.
 */
final class ArenaPlan {
    /** Every part begins at a multiple of one vector of 512 bits. */
    private static final int ALIGNMENT = 16;

    private static final int MOST_OPERANDS = 3;

    private final Network network;
    private final int batch;
    private final int[] readers;
    private final int[] lastReader;
    private final int[] values;
    private final int[] gradients;
    private final boolean[] wanted;
    private final int[] parts;
    private final int target;
    private final int copy;
    private int size;

    ArenaPlan(Network network, int batch) {
        int n = network.ops().size();
        this.network = network;
        this.batch = batch;
        this.readers = new int[n];
        this.lastReader = new int[n];
        this.values = new int[n];
        this.gradients = new int[n];
        this.wanted = new boolean[n];
        countReaders();
        for (int i = 0; i < n - 1; i++) {
            values[i] = isView(i) || overwrites(i) ? values[operand(i)] : take(size(i));
        }
        // From the loss to the input, so that the place of a gradient is known before its elementwise operation hands it on.
        int[] largest = new int[MOST_OPERANDS];
        for (int i = n - 2; i >= 0; i--) {
            gradients[i] = !wanted[i] ? 0 : handedOn(i) ? gradients[lastReader[i]] : take(size(i));
            List<Integer> operands = network.ops().get(i).operands();
            for (int k = 0; k < operands.size(); k++) {
                largest[k] = Math.max(largest[k], adds(i, operands.get(k)) ? size(operands.get(k)) : 0);
            }
        }
        this.parts = Arrays.stream(largest).map(this::take).toArray();
        this.target = take(size(network.output()));
        this.copy = take(largestCopy());
    }

    private void countReaders() {
        for (int i = 0; i < network.ops().size(); i++) {
            Op op = network.ops().get(i);
            wanted[i] = !op.tensors().isEmpty();
            for (int operand : op.operands()) {
                readers[operand]++;
                lastReader[operand] = i;
                wanted[i] |= wanted[operand];
            }
        }
    }

    /** The first operand; 0 for the input, which has none. */
    private int operand(int i) {
        return i == 0 ? 0 : network.ops().get(i).operands().getFirst();
    }

    /** Whether the operation may write its value over its operand's: nobody else reads that, and backward does not need it. */
    private boolean overwrites(int i) {
        return network.ops().get(i) instanceof Op.Activate(int x, var activation, var _)
                && activation.slopeFromValue()
                && x != 0
                && readers[x] == 1
                && !needsOwnValue(x);
    }

    /** Whether backward of the operation reads its own value, or another's value lies in the same place. */
    private boolean needsOwnValue(int i) {
        Op op = network.ops().get(i);
        return op instanceof Op.Activate || op instanceof Op.Recurrent || isView(i);
    }

    private boolean isView(int i) {
        return network.ops().get(i) instanceof Op.Reshape;
    }

    /** Whether the only reader of the value is elementwise, so that the reader's gradient can become the value's in place. */
    private boolean handedOn(int i) {
        Op reader = network.ops().get(lastReader[i]);
        return readers[i] == 1
                && (reader instanceof Op.Activate
                        || reader instanceof Op.Scale
                        || reader instanceof Op.Reshape
                        || reader instanceof Op.Dropout
                        || reader instanceof Op.Positions);
    }

    /** Whether operation i's part of the operand's gradient is to be added: backward has met a later reader first. */
    boolean adds(int i, int operand) {
        return wanted[operand] && lastReader[operand] != i;
    }

    private int size(int i) {
        return fitting((long) batch * network.ops().get(i).shape().size());
    }

    private int fitting(long values) {
        if (values > Integer.MAX_VALUE - ALIGNMENT) {
            throw new IllegalArgumentException("the values between the layers for a batch of " + batch + " would be " + values
                    + " or more, expected at most " + Integer.MAX_VALUE + ", which is what one array holds; take a smaller batch");
        }
        return (int) values;
    }

    private int take(int count) {
        int at = size;
        size = fitting((long) size + (count + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        return at;
    }

    List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < network.ops().size() - 1; i++) {
            places.add(new Place(values[i], gradients[i], size(i), wanted[i]));
        }
        return places;
    }

    /** Scratch for one part of a gradient that has several: that of an operation's k-th operand. */
    int part(int k) {
        return parts[k];
    }

    private int largestCopy() {
        int largest = 0;
        for (int i = 0; i < network.ops().size(); i++) {
            boolean copied = network.ops().get(i) instanceof Op.Activate activate && !activate.activation().slopeFromValue();
            largest = Math.max(largest, copied ? Math.min(size(i), ActivateStep.BLOCK) : 0);
        }
        return largest;
    }

    /** Scratch for the value of an activation whose backward pass destroys it, and which the next layer's signals show. */
    int copy() {
        return copy;
    }

    /** The target of a squared error. */
    int target() {
        return target;
    }

    /** Of the whole arena. */
    int size() {
        return size;
    }
}

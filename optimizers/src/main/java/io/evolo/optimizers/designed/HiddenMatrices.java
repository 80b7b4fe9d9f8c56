package io.evolo.optimizers.designed;

import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Role;
import io.evolo.tasks.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a rule for matrices does with the tensors of a layout: those of role HIDDEN with at least two axes are matrices [in, out], a
 * convolution's kernel with in the product of all its axes but the last; the others are moved by an {@link Auxiliary}. Slot 0 of the
 * rule's state is m of every tensor, slot 1 v of the others, behind each other.
 *
 * @param matrices in the layout's order
 * @param others in the layout's order
 * @param auxiliary of the others
 * @param values of all matrices together
 * @param largest values of the largest matrix, 0 where there is none
 */
record HiddenMatrices(List<Matrix> matrices, List<Other> others, Auxiliary auxiliary, int values, int largest) {

    /**
     * One matrix.
     *
     * @param spec of its tensor
     * @param at where it begins in the parameters
     * @param before values of all matrices before it
     */
    record Matrix(ParamSpec spec, int at, int in, int out, int before) {
        int size() {
            return in * out;
        }

        int end() {
            return at + size();
        }

        /** Whether it is the kernel of a two-dimensional convolution, [height, width, in, out]. */
        boolean isKernel() {
            return spec.shape().rank() == 4;
        }

        int height() {
            return spec.shape().axis(0);
        }

        int width() {
            return spec.shape().axis(1);
        }

        /**
         * w ← w − rate·x, after a decay of w.
         *
         * @param x the direction [in, out], from 0 on
         * @param keep 1 less decoupled decay
         * @param cautious whether only those elements decay that the step does not lengthen: x·w ≥ 0
         */
        void move(float[] w, float[] x, float rate, float keep, boolean cautious) {
            if (cautious) {
                for (int i = 0; i < size(); i++) {
                    float decayed = x[i] * w[at + i] >= 0 ? keep * w[at + i] : w[at + i];
                    w[at + i] = decayed - rate * x[i];
                }
                return;
            }
            for (int i = 0; i < size(); i++) {
                w[at + i] = keep * w[at + i] - rate * x[i];
            }
        }
    }

    /**
     * A tensor that the auxiliary rule moves.
     *
     * @param left values of matrices before it
     */
    record Other(int tensor, int left) {}

    static HiddenMatrices of(ParamLayout layout, Auxiliary auxiliary) {
        List<Matrix> matrices = new ArrayList<>();
        List<Other> others = new ArrayList<>();
        int values = 0;
        int largest = 0;
        for (int i = 0; i < layout.tensors(); i++) {
            ParamSpec spec = layout.spec(i);
            if (isMatrix(spec)) {
                Shape shape = spec.shape();
                int out = shape.axis(shape.rank() - 1);
                matrices.add(new Matrix(spec, layout.offset(i), shape.size() / out, out, values));
                values += shape.size();
                largest = Math.max(largest, shape.size());
            } else {
                others.add(new Other(i, values));
            }
        }
        return new HiddenMatrices(List.copyOf(matrices), List.copyOf(others), auxiliary, values, largest);
    }

    static boolean isMatrix(ParamSpec spec) {
        return spec.role() == Role.HIDDEN && spec.shape().rank() >= 2;
    }

    /** How long slot 1 must be. */
    int squares(ParamLayout layout) {
        return layout.size() - values;
    }

    /** Moves the others by the auxiliary rule at this rate. */
    void stepOthers(OptimizerState state, Step step, double eta) {
        for (int i = 0; i < others.size(); i++) {
            auxiliary.apply(state, step, others.get(i).tensor, others.get(i).left, eta);
        }
    }

    /** The auxiliary rule, of a layout that has nothing else; see {@link io.evolo.optimizers.Optimizer#amountsTo}. */
    static Optional<String> amountsTo(String auxiliary, ParamLayout layout) {
        return layout.specs().stream().anyMatch(HiddenMatrices::isMatrix) ? Optional.empty() : Optional.of(auxiliary);
    }

    /** What a rule says of the tensors that it leaves to the auxiliary one. */
    static List<String> remarks(String rule, String auxiliary, ParamLayout layout) {
        List<String> others = layout.specs().stream().filter(spec -> !isMatrix(spec)).map(ParamSpec::name).toList();
        return others.isEmpty()
                ? List.of()
                : List.of(rule + ": " + auxiliary + " instead for what is no matrix between hidden units: " + String.join(", ", others));
    }
}

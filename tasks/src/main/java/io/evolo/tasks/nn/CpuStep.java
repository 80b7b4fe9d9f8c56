package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.Activation;
import io.evolo.tasks.kernels.Activations;
import io.evolo.tasks.kernels.CrossEntropy;
import io.evolo.tasks.kernels.Elements;
import io.evolo.tasks.kernels.Gemm;
import io.evolo.tasks.kernels.LayerNormalization;
import io.evolo.tasks.kernels.SquaredError;
import io.evolo.tasks.kernels.Twin;
import java.util.Arrays;

/**
 * One operation made ready to run on one batch: its place in the arena and its kernels. Forward reads the operand's value and writes
 * its own; backward reads the gradient of its own value, which it may destroy, and writes those of the operand and of its tensors.
 */
sealed interface CpuStep {

    void forward(float[] w);

    void backward(float[] w, float[] gradient);

    /**
     * Where an operation's value and its gradient lie, and how many values they have for the whole batch.
     *
     * @param wanted whether a tensor lies upstream, so that the gradient is needed
     */
    record Place(int value, int gradient, int size, boolean wanted) {}

    record Affine(
            float[] arena, Twin twin, Place x, Place y, Tensors at, Gemm output, Gemm weightGradient, Gemm inputGradient)
            implements CpuStep {

        /** Begin and size of the tensors in w, and the forward multiplier. */
        record Tensors(int weight, int bias, int units, float factor) {}

        @Override
        public void forward(float[] w) {
            output.multiplyBias(arena, x.value, w, at.weight, w, at.bias, arena, y.value);
            scaled(y.value);
        }

        @Override
        public void backward(float[] w, float[] gradient) {
            scaled(y.gradient);
            weightGradient.multiply(arena, x.value, arena, y.gradient, gradient, at.weight);
            Elements.sumRows(twin, arena, y.gradient, y.size / at.units, at.units, gradient, at.bias);
            if (x.wanted) {
                inputGradient.multiply(arena, y.gradient, w, at.weight, arena, x.gradient);
            }
        }

        private void scaled(int begin) {
            if (at.factor != 1) {
                Elements.scale(twin, at.factor, arena, begin, arena, begin, y.size);
            }
        }
    }

    /** @param copy scratch of y's size, where the slope is not a function of the value */
    record Activate(float[] arena, Twin twin, Place x, Place y, Activation activation, int copy) implements CpuStep {
        @Override
        public void forward(float[] w) {
            Activations.forward(twin, activation, arena, x.value, arena, y.value, y.size);
        }

        @Override
        public void backward(float[] w, float[] gradient) {
            int value = y.value;
            if (!activation.slopeFromValue()) {
                // The kernel uses y as scratch, but y is what the next layer's signals show.
                System.arraycopy(arena, y.value, arena, copy, y.size);
                value = copy;
            }
            Activations.backward(
                    twin, activation, arena, x.value, arena, value, arena, y.gradient, arena, x.gradient, y.size);
        }
    }

    record LayerNorm(float[] arena, Place x, Place y, int gain, int bias, LayerNormalization kernel) implements CpuStep {
        @Override
        public void forward(float[] w) {
            kernel.forward(arena, x.value, w, gain, bias, arena, y.value);
        }

        @Override
        public void backward(float[] w, float[] gradient) {
            kernel.backwardParameters(arena, y.gradient, gradient, gain, bias);
            if (x.wanted) {
                kernel.backwardInput(arena, y.gradient, w, gain, arena, x.gradient);
            }
        }
    }

    record Scale(float[] arena, Twin twin, Place x, Place y, float factor) implements CpuStep {
        @Override
        public void forward(float[] w) {
            Elements.scale(twin, factor, arena, x.value, arena, y.value, y.size);
        }

        @Override
        public void backward(float[] w, float[] gradient) {
            Elements.scale(twin, factor, arena, y.gradient, arena, x.gradient, y.size);
        }
    }

    record Add(float[] arena, Twin twin, Addend x, Addend y, Place z) implements CpuStep {

        /** An operand, and whether its gradient has parts already. */
        record Addend(Place place, boolean adds) {}

        @Override
        public void forward(float[] w) {
            System.arraycopy(arena, x.place.value, arena, z.value, z.size);
            Elements.add(twin, arena, y.place.value, arena, z.value, z.size);
        }

        @Override
        public void backward(float[] w, float[] gradient) {
            pass(x);
            pass(y);
        }

        private void pass(Addend to) {
            if (to.adds) {
                Elements.add(twin, arena, z.gradient, arena, to.place.gradient, z.size);
            } else if (to.place.wanted) {
                System.arraycopy(arena, z.gradient, arena, to.place.gradient, z.size);
            }
        }
    }

    /** Adds what another step would have overwritten: for an operand whose gradient has other parts. */
    record Adding(float[] arena, Twin twin, CpuStep step, int part, Place x) implements CpuStep {
        @Override
        public void forward(float[] w) {
            step.forward(w);
        }

        @Override
        public void backward(float[] w, float[] gradient) {
            step.backward(w, gradient);
            Elements.add(twin, arena, part, arena, x.gradient, x.size);
        }
    }

    /** The last step of every network. */
    sealed interface Loss extends CpuStep {

        /** The mean of the batch, after {@link #forward}. */
        float mean();

        /** The loss of one example, after {@link #forward}. */
        float loss(int example);
    }

    final class SoftmaxCrossEntropy implements Loss {
        private final float[] arena;
        private final Place logits;
        private final int[] labels;
        private final CrossEntropy kernel;
        private float mean;

        SoftmaxCrossEntropy(float[] arena, Place logits, int[] labels, CrossEntropy kernel) {
            this.arena = arena;
            this.logits = logits;
            this.labels = labels;
            this.kernel = kernel;
        }

        @Override
        public void forward(float[] w) {
            mean = kernel.forward(arena, logits.value, labels);
        }

        @Override
        public void backward(float[] w, float[] gradient) {
            kernel.backward(labels, arena, logits.gradient);
        }

        @Override
        public float mean() {
            return mean;
        }

        @Override
        public float loss(int example) {
            return kernel.loss(example);
        }
    }

    final class MeanSquaredError implements Loss {
        private final float[] arena;
        private final Place prediction;
        private final SquaredError kernel;
        private final TargetWriter target;
        private float mean;

        MeanSquaredError(float[] arena, Place prediction, TargetWriter target, SquaredError kernel) {
            this.arena = arena;
            this.prediction = prediction;
            this.target = target;
            this.kernel = kernel;
        }

        @Override
        public void forward(float[] w) {
            target.write(arena);
            mean = kernel.forward(arena, prediction.value, arena, target.at());
        }

        @Override
        public void backward(float[] w, float[] gradient) {
            kernel.backward(arena, prediction.gradient);
        }

        @Override
        public float mean() {
            return mean;
        }

        @Override
        public float loss(int example) {
            return kernel.loss(example);
        }
    }

    /**
     * Where the target lies in the arena.
     *
     * @param at its begin: the input's for {@link Target#INPUT}
     */
    record TargetWriter(Target kind, int at, int[] labels, int classes) {

        void write(float[] arena) {
            if (kind == Target.ONE_HOT) {
                Arrays.fill(arena, at, at + labels.length * classes, 0);
                for (int i = 0; i < labels.length; i++) {
                    arena[at + i * classes + labels[i]] = 1;
                }
            }
        }
    }
}

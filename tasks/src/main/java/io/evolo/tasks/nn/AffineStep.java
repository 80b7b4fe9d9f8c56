package io.evolo.tasks.nn;

import io.evolo.tasks.kernels.Elements;
import io.evolo.tasks.kernels.Gemm;

/** {@link Op.Affine}. */
final class AffineStep implements CpuStep {
    private final Frame frame;
    private final Op.Affine op;
    private final Place x;
    private final Place y;
    private final int units;
    private final Gemm output;
    private final Gemm weightGradient;
    private final Gemm inputGradient;

    AffineStep(Frame frame, Op.Affine op, Place x, Place y) {
        int in = frame.shape(op.weight()).axis(0);
        this.frame = frame;
        this.op = op;
        this.x = x;
        this.y = y;
        this.units = frame.shape(op.weight()).axis(1);
        int rows = y.size() / units;
        this.output = new Gemm(frame.twin(), Gemm.Form.NN, rows, units, in);
        this.weightGradient = new Gemm(frame.twin(), Gemm.Form.TN, in, units, rows);
        this.inputGradient = new Gemm(frame.twin(), Gemm.Form.NT, rows, in, units);
    }

    @Override
    public void forward(float[] w) {
        float[] arena = frame.arena();
        output.multiplyBias(arena, x.value(), w, frame.offset(op.weight()), w, frame.offset(op.bias()), arena, y.value());
        scaled(y.value());
    }

    @Override
    public void backward(float[] w, float[] gradient) {
        float[] arena = frame.arena();
        scaled(y.gradient());
        weightGradient.multiply(arena, x.value(), arena, y.gradient(), gradient, frame.offset(op.weight()));
        Elements.sumRows(frame.twin(), arena, y.gradient(), y.size() / units, units, gradient, frame.offset(op.bias()));
        if (x.wanted()) {
            inputGradient.multiply(arena, y.gradient(), w, frame.offset(op.weight()), arena, x.gradient());
        }
    }

    private void scaled(int begin) {
        if (op.factor() != 1) {
            Elements.scale(frame.twin(), op.factor(), frame.arena(), begin, frame.arena(), begin, y.size());
        }
    }
}

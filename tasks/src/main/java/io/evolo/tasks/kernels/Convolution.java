package io.evolo.tasks.kernels;

import java.util.Arrays;
import java.util.Objects;

/**
 * Convolutions of images that lie row-major with the channels innermost, [examples, height, width, channels], by kernels [kernel,
 * kernel, channels, filters]. Every line of pixels of the result is one matrix product, whose depth is the kernel's rows in segments:
 * a copy of the images with their padding is all that is made. With 16 registers, where products of few rows are slow, the vector twin
 * copies every patch instead ({@link PatchProducts}). The gradient of the images is the convolution of the gradients by the turned
 * kernel for stride 1, and the sum over the kernel's entries for others.
 *
 * <p>Both twins give the same bits. Holds scratch memory and what backward needs of forward: one object belongs to one thread.
 */
public final class Convolution {

    /**
     * Sizes of one convolution.
     *
     * @param height of the images in pixels
     * @param width of the images in pixels
     * @param channels values of a pixel
     * @param filters values of a pixel of the result
     * @param kernel height and width of the kernel
     * @param stride pixels from one position of the kernel to the next
     * @param padding zeros on every side, less than the kernel
     */
    public record Geometry(int height, int width, int channels, int filters, int kernel, int stride, int padding) {

        public Geometry {
            if (height < 1 || width < 1 || channels < 1 || filters < 1 || kernel < 1 || stride < 1) {
                throw new IllegalArgumentException("convolution of " + height + "×" + width + "×" + channels + " by " + filters
                        + " kernels of " + kernel + "×" + kernel + " at stride " + stride + ": everything must be at least 1");
            }
            if (padding < 0 || padding >= kernel || Math.min(height, width) + 2 * padding < kernel) {
                throw new IllegalArgumentException("kernels of " + kernel + "×" + kernel + " with padding " + padding
                        + " do not fit an image of " + height + "×" + width);
            }
        }

        public int outHeight() {
            return (height + 2 * padding - kernel) / stride + 1;
        }

        public int outWidth() {
            return (width + 2 * padding - kernel) / stride + 1;
        }

        /** A kernel of one pixel sees no lines: the whole image becomes one. */
        Geometry flattened() {
            return kernel == 1 && stride == 1 ? new Geometry(1, height * width, channels, filters, 1, 1, 0) : this;
        }

        int paddedHeight() {
            return height + 2 * padding;
        }

        int paddedWidth() {
            return width + 2 * padding;
        }

        int imageSize() {
            return height * width * channels;
        }

        int paddedSize() {
            return paddedHeight() * paddedWidth() * channels;
        }

        int outSize() {
            return outHeight() * outWidth() * filters;
        }

        int kernelSize() {
            return kernel * kernel * channels * filters;
        }
    }

    /** One way to do it, on images with their padding: y = their convolution, plus the bias. */
    private interface Products {
        void run(float[] images, int from, float[] w, int kernelAt, float[] bias, int biasAt, float[] y, int yAt);
    }

    private final Twin twin;
    private final Geometry g;
    private final int examples;
    private final Products products;
    private final Gemm weights;
    private final Gemm tap;
    /** The images with their padding; empty where they can be read as they are. */
    private final float[] padded;
    /** Gradient of the padded images; for strides above 1. */
    private final float[] paddedGradient;

    private final float[] turned;
    private final float[] part;
    /** The convolution that gives the gradient of the images, made at the first use; at most one. */
    private Convolution[] inputGradient = {};

    public Convolution(Twin twin, Geometry geometry, int examples) {
        this.twin = twin;
        this.g = geometry.flattened();
        this.examples = examples;
        int across = g.kernel * g.channels;
        int next = g.paddedWidth() * g.channels;
        boolean patches = twin == Twin.VECTOR && Registers.VECTORS < 32 && g.kernel * g.stride > 1;
        this.products = patches ? patches() : lines();
        this.weights = new Gemm(
                twin,
                Gemm.Form.TN,
                across,
                g.filters,
                g.outHeight(),
                g.outWidth(),
                new Gemm.Strides(1, g.stride * g.channels, g.stride * next, g.filters, g.outWidth() * g.filters, g.filters));
        this.tap = new Gemm(
                twin,
                Gemm.Form.NN,
                g.outWidth(),
                g.channels,
                1,
                g.filters,
                new Gemm.Strides(g.filters, 1, 0, g.channels, 0, g.stride * g.channels));
        int slack = patches ? PatchProducts.SLACK : 0;
        this.padded = new float[g.padding + slack == 0 ? 0 : Math.multiplyExact(examples, g.paddedSize()) + slack];
        this.paddedGradient = new float[g.stride == 1 ? 0 : g.paddedSize()];
        this.turned = new float[g.kernelSize()];
        this.part = new float[g.kernelSize()];
    }

    private Products patches() {
        PatchProducts patches = new PatchProducts(g, examples);
        return (images, _, w, kernelAt, bias, biasAt, y, yAt) -> patches.run(images, w, kernelAt, bias, biasAt, y, yAt);
    }

    private Products lines() {
        int across = g.kernel * g.channels;
        int next = g.paddedWidth() * g.channels;
        int lineSize = g.outWidth() * g.filters;
        var strides = new Gemm.Strides(g.stride * g.channels, 1, next, g.filters, across * g.filters, g.filters);
        Gemm line = new Gemm(twin, Gemm.Form.NN, g.outWidth(), g.filters, g.kernel, across, strides);
        return (images, from, w, kernelAt, bias, biasAt, y, yAt) -> {
            for (int i = 0; i < examples; i++) {
                for (int row = 0; row < g.outHeight(); row++) {
                    int a = from + i * g.paddedSize() + row * g.stride * next;
                    line.multiplyBias(images, a, w, kernelAt, bias, biasAt, y, yAt + i * g.outSize() + row * lineSize);
                }
            }
        };
    }

    /** y = x convolved by the kernels at {@code kernelAt}, plus the bias [filters]. */
    public void forward(float[] x, int xAt, float[] w, int kernelAt, float[] bias, int biasAt, float[] y, int yAt) {
        Objects.checkFromIndexSize(xAt, examples * g.imageSize(), x.length);
        float[] images = padded(x, xAt);
        products.run(images, images == x ? xAt : 0, w, kernelAt, bias, biasAt, y, yAt);
    }

    /** Writes the gradient of the kernels for dy after the last forward pass, whose x must be as it was; summed by examples. */
    public void backwardKernels(float[] x, int xAt, float[] dy, int dyAt, float[] gradient, int kernelAt) {
        float[] images = padded.length == 0 ? x : padded;
        int from = padded.length == 0 ? xAt : 0;
        int rowSize = g.kernel * g.channels * g.filters;
        Arrays.fill(gradient, kernelAt, kernelAt + g.kernelSize(), 0);
        for (int i = 0; i < examples; i++) {
            for (int row = 0; row < g.kernel; row++) {
                int a = from + i * g.paddedSize() + row * g.paddedWidth() * g.channels;
                weights.multiply(images, a, dy, dyAt + i * g.outSize(), part, row * rowSize);
            }
            Elements.add(twin, part, 0, gradient, kernelAt, part.length);
        }
    }

    /** Writes the gradient of the images to dx, for dy. */
    public void backwardInput(float[] dy, int dyAt, float[] w, int kernelAt, float[] dx, int dxAt) {
        for (int entry = 0; entry < g.kernel * g.kernel; entry++) {
            int size = g.channels * g.filters;
            int to = g.stride == 1 ? g.kernel * g.kernel - 1 - entry : entry;
            Transpose.run(twin, w, kernelAt + entry * size, g.channels, g.filters, turned, to * size);
        }
        if (g.stride == 1) {
            inputGradient().convolve(dy, dyAt, turned, dx, dxAt);
        } else {
            scatter(dy, dyAt, dx, dxAt);
        }
    }

    private Convolution inputGradient() {
        if (inputGradient.length == 0) {
            var back = new Geometry(
                    g.outHeight(), g.outWidth(), g.filters, g.channels, g.kernel, 1, g.kernel - 1 - g.padding);
            inputGradient = new Convolution[] {new Convolution(twin, back, examples)};
        }
        return inputGradient[0];
    }

    private void convolve(float[] x, int xAt, float[] kernels, float[] y, int yAt) {
        // The scratch of the kernels' gradient is never needed here, and holds zeros: a bias of nothing.
        forward(x, xAt, kernels, 0, part, 0, y, yAt);
    }

    private void scatter(float[] dy, int dyAt, float[] dx, int dxAt) {
        for (int i = 0; i < examples; i++) {
            Arrays.fill(paddedGradient, 0);
            for (int row = 0; row < g.outHeight(); row++) {
                for (int entry = 0; entry < g.kernel * g.kernel; entry++) {
                    int line = row * g.stride + entry / g.kernel;
                    int c = (line * g.paddedWidth() + entry % g.kernel) * g.channels;
                    int a = dyAt + i * g.outSize() + row * g.outWidth() * g.filters;
                    tap.multiplyAdd(dy, a, turned, entry * g.channels * g.filters, paddedGradient, c);
                }
            }
            for (int row = 0; row < g.height; row++) {
                int from = ((row + g.padding) * g.paddedWidth() + g.padding) * g.channels;
                int to = dxAt + i * g.imageSize() + row * g.width * g.channels;
                System.arraycopy(paddedGradient, from, dx, to, g.width * g.channels);
            }
        }
    }

    /** The images with zeros around them. The zeros are there from the start and never written to. */
    private float[] padded(float[] x, int xAt) {
        if (padded.length == 0) {
            return x;
        }
        int rowSize = g.width * g.channels;
        for (int i = 0; i < examples; i++) {
            for (int row = 0; row < g.height; row++) {
                int to = i * g.paddedSize() + ((row + g.padding) * g.paddedWidth() + g.padding) * g.channels;
                System.arraycopy(x, xAt + i * g.imageSize() + row * rowSize, padded, to, rowSize);
            }
        }
        return padded;
    }

    /** Floating-point operations of one forward pass; backward takes twice as many. */
    public double flops() {
        return 2.0 * examples * g.outHeight() * g.outWidth() * g.kernelSize();
    }
}

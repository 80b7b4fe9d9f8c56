package io.evolo.tasks;

/**
 * Which two tensors of a layout make a dense layer x·w + b together.
 *
 * @param weight position of the tensor [in, units]
 * @param bias position of the tensor [units]
 */
public record DenseLayer(int weight, int bias) {}

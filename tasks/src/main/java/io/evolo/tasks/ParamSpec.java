package io.evolo.tasks;

/**
 * One tensor of an optimizee.
 *
 * @param name unique within its layout, for instance {@code dense1/w}
 * @param shape sizes of the axes; a matrix is (in, out)
 * @param role what it is to the width
 * @param fanIn number of inputs that one output sums over; 1 for vectors
 * @param initialMean mean of the initial values: 1 for a gain, else 0
 * @param scaling what the parametrization says of it
 */
public record ParamSpec(String name, Shape shape, Role role, int fanIn, double initialMean, Scaling scaling) {

    public ParamSpec {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a parameter needs a name");
        }
        if (fanIn < 1) {
            throw new IllegalArgumentException("parameter '" + name + "': fan-in is " + fanIn + ", expected at least 1");
        }
    }

    /** A tensor that no width scales, as theta's and those of analytic problems: zeros at the start, role VECTOR. */
    public static ParamSpec plain(String name, Shape shape) {
        return new ParamSpec(name, shape, Role.VECTOR, 1, 0, Scaling.NONE);
    }
}

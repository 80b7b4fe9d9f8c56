package io.evolo.tasks;

/**
 * The numbers that a parametrization gives one tensor. See {@link Parametrization}, the one place where they come from.
 *
 * @param initialStd standard deviation of the initial values; 0: all start at the tensor's initial mean
 * @param forward factor on what the tensor contributes to the forward pass
 * @param adam factor on the updates of rules whose raw update has entries of order 1 (Adam, the learned rules)
 * @param sgd factor on the updates of rules whose update is linear in the gradient (SGD, momentum)
 */
public record Scaling(double initialStd, double forward, double adam, double sgd) {

    /** Everything 1, initial values constant. */
    public static final Scaling NONE = new Scaling(0, 1, 1, 1);

    public Scaling {
        requireFinite("initialStd", initialStd, initialStd >= 0);
        requireFinite("forward", forward, forward > 0);
        requireFinite("adam", adam, adam > 0);
        requireFinite("sgd", sgd, sgd > 0);
    }

    /**
     * Factor on the updates of rules whose update has a norm in proportion to the parameter's own (LARS, LAMB, Adafactor with parameter
     * scaling): √{@code adam}, at most 1, so r^−½ for HIDDEN under muP. There the parameter's norm grows as the root of the width at
     * base-width entries, where a coherent update of the same effect must not grow: half of what Adam-like rules must give up is given
     * up by the norm's growth. The bias of an OUTPUT grows with its updates, so its norm gives what they need.
     */
    public double relative() {
        return Math.min(1, Math.sqrt(adam));
    }

    /**
     * Factor on updates of root mean square 1 whose singular values are all alike, as orthogonalised ones: √{@code adam}. Between n and n
     * units such a matrix lengthens no vector more than √n times, where the entries of an Adam-like one all agree on some vector, which
     * it lengthens n times.
     */
    public double orthogonal() {
        return Math.sqrt(adam);
    }

    /**
     * By what the gradient is smaller than at the base width: {@code sgd}/{@code adam}, as updates that are linear in the gradient have to
     * make up for it and Adam-like ones have not. r for every tensor under muP.
     */
    public double gradient() {
        return sgd / adam;
    }

    private static void requireFinite(String name, double value, boolean inRange) {
        if (!inRange || !Double.isFinite(value)) {
            throw new IllegalArgumentException("scaling " + name + " is " + value + ", expected a finite positive number");
        }
    }
}

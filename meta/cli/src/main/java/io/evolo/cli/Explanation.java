package io.evolo.cli;

import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.IntStream;

/** Says of every tensor of a network which role it has and why, judged by what grows between two widths, and all its multipliers. */
final class Explanation {
    private Explanation() {}

    /**
     * Prints a table.
     *
     * @param width of {@code task}
     * @param wider the same network at a larger width
     */
    static void print(Parametrization.Kind kind, int width, NetworkTask task, NetworkTask wider, PrintWriter out) {
        out.println((kind == Parametrization.Kind.SP ? "SP, " : "muP, ") + task.name() + " at width " + width);
        Table table = new Table(
                4, "tensor", "shape", "role", "because", "initial mean", "std", "forward", "Adam-like", "SGD-like");
        IntStream.range(0, task.layout().tensors()).forEach(i -> {
            ParamSpec spec = task.layout().spec(i);
            Scaling scaling = spec.scaling();
            table.row(
                    spec.name(),
                    spec.shape().toString(),
                    spec.role().name().toLowerCase(Locale.ROOT),
                    reason(spec, wider.layout().spec(i)),
                    number(spec.initialMean()),
                    number(scaling.initialStd()),
                    number(scaling.forward()),
                    number(scaling.adam()),
                    number(scaling.sgd()));
        });
        table.print(out);
        out.println("Adam-like, SGD-like: factors on the updates of rules whose raw update has entries of order 1, or is linear in the"
                + " gradient");
    }

    /** Why a tensor has its role, or what is wrong with it. */
    static String reason(ParamSpec spec, ParamSpec wider) {
        boolean in = wider.fanIn() > spec.fanIn();
        boolean out = wider.shape().size() / wider.fanIn() > spec.shape().size() / spec.fanIn();
        if (spec.shape().rank() < 2) {
            return mismatch(spec, Role.VECTOR, "one axis that no sum runs over, " + (out ? "grows" : "fixed"));
        }
        String sums = "sums over " + spec.fanIn() + (in ? " (grows), " : " (fixed), ");
        String gives = "gives " + spec.shape().size() / spec.fanIn() + (out ? " (grows)" : " (fixed)");
        if (!in && !out) {
            return sums + gives + ": no width scales it";
        }
        return mismatch(spec, in && out ? Role.HIDDEN : in ? Role.OUTPUT : Role.INPUT, sums + gives);
    }

    private static String mismatch(ParamSpec spec, Role expected, String why) {
        return spec.role() == expected ? why : why + "; MISMATCH: expected " + expected.name().toLowerCase(Locale.ROOT);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value).replaceFirst("\\.?0+$", "");
    }
}

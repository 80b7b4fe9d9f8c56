package io.evolo.meta;

import io.evolo.schema.Names;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which of theta's tensors a run leaves as they are: they are neither perturbed nor moved, by weight decay as little as by gradients.
 *
 * @param ranges of theta, each [begin, end), ascending
 */
record ThetaMask(List<Range> ranges) {
    static final ThetaMask NOTHING = new ThetaMask(List.of());

    /** Values [begin, end) of theta. */
    record Range(int begin, int end) {}

    ThetaMask {
        ranges = List.copyOf(ranges);
    }

    /**
     * The tensors whose names are one of these or begin with one of them and a {@code /} or {@code .}
     *
     * @throws IllegalArgumentException if a name fits none; the message names the nearest
     */
    static ThetaMask of(ParamLayout theta, List<String> frozen) {
        for (String name : frozen) {
            if (theta.specs().stream().noneMatch(spec -> fits(spec, name))) {
                throw new IllegalArgumentException(Names.unknown(
                        "tensor of theta", name, theta.specs().stream().map(ParamSpec::name).toList()));
            }
        }
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i < theta.tensors(); i++) {
            ParamSpec spec = theta.spec(i);
            if (frozen.stream().anyMatch(name -> fits(spec, name))) {
                ranges.add(new Range(theta.offset(i), theta.offset(i + 1)));
            }
        }
        return new ThetaMask(ranges);
    }

    private static boolean fits(ParamSpec spec, String name) {
        return spec.name().equals(name) || spec.name().startsWith(name + "/") || spec.name().startsWith(name + ".");
    }

    /** Sets the frozen values to 0, in place. */
    void clear(float[] x) {
        for (Range range : ranges) {
            Arrays.fill(x, range.begin(), range.end(), 0);
        }
    }

    /** Copies the frozen values. */
    void copy(float[] from, float[] to) {
        for (Range range : ranges) {
            System.arraycopy(from, range.begin(), to, range.begin(), range.end() - range.begin());
        }
    }
}

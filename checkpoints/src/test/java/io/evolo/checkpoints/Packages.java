package io.evolo.checkpoints;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

final class Packages {
    private static final Usage USAGE = new Usage(new Usage.Scaling("mup", 32),
            new TreeMap<>(Map.of("Conv", new Usage.Scaling("mup", 8), "Mlp", new Usage.Scaling("sp", 1))),
            new TreeSet<>(List.of("horizon", "loss")));

    private Packages() {}

    static LearnedOptimizerPackage sample() {
        List<NamedTensor> tensors = List.of(new NamedTensor("w", List.of(2, 2)), new NamedTensor("scale", List.of()));
        GoldenSteps golden = new GoldenSteps(tensors, new double[] {0.5, 1}, 20, new float[] {1, 2, 3, 4, 5},
                new float[][] {{1, 1, 1, 1, 1}, {2, 2, 2, 2, 2}}, new float[] {2, 1}, new float[] {0, 1, 2, 3, 4});
        return new LearnedOptimizerPackage("tiny-1", "small_fc", 1, new TreeMap<>(Map.of("hidden", 4.0, "exp_mult", 0.001)),
                List.of(new NamedTensor("mlp/w0", List.of(3, 2))), new float[] {1, 2, 3, 4, 5, 6},
                new TreeMap<>(Map.of("seed", "7", "recipe", "tiny")), Map.of("gradient", new float[] {0, 1}), golden, "Apache-2.0", Optional.empty())
                .withUsage(USAGE);
    }
}

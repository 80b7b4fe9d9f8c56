import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Draws the suite {@code sealed}: sixteen tasks whose sizes, depths, batches, horizons and data nobody has chosen. The seed is the SHA-256 of the
 * package's theta ({@code evolo inspect NAME}), which there is only once nothing can be chosen any more. Prints the suite.
 *
 * <pre>java docs/packages/Sealed.java 436b95c7… > sealed.yaml</pre>
 */
public final class Sealed {
    private final SplittableRandom random;

    private Sealed(long seed) {
        this.random = new SplittableRandom(seed);
    }

    public static void main(String... args) {
        if (args.length != 1 || !args[0].matches("[0-9a-f]{64}")) {
            System.err.println("usage: java Sealed.java THETA, the SHA-256 of a package's theta, 64 hexadecimal digits");
            System.exit(2);
        }
        Sealed sealed = new Sealed(Long.parseUnsignedLong(args[0].substring(0, 16), 16));
        System.out.println("# Drawn by docs/packages/Sealed.java from theta " + args[0]);
        System.out.println("name: sealed");
        System.out.println("tuned: [adam, adamw, muon, soap, kl-soap]");
        System.out.println("tier: rate_decay");
        System.out.println("bothEnds: true");
        System.out.println("untuned: [prodigy]");
        System.out.println("untunedConstant: [schedule-free-adamw]");
        System.out.println("tuningSeeds: 1");
        System.out.println("seeds: 10");
        System.out.println("examples: 2000");
        System.out.println("cells:");
        sealed.cells().forEach(System.out::println);
    }

    /** Of every kind of network what two cores can do in an hour or two. */
    private List<String> cells() {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= 2; i++) {
            cells.add(perceptron("mlp " + i, range(24, 160), range(1, 3), range(16, 256), range(300, 1000), ""));
        }
        cells.add(perceptron("mlp wide", range(192, 320), 2, range(16, 64), range(100, 250), ""));
        cells.add(perceptron("mlp deep", range(24, 64), range(6, 20), range(32, 128), range(200, 500), ""));
        cells.add(perceptron("mlp small batch", range(24, 96), range(1, 3), range(4, 12), range(600, 2000), ""));
        cells.add(perceptron("mlp noisy labels", range(32, 96), range(1, 3), range(16, 64), range(200, 600), ", noise: 0." + range(1, 4)));
        cells.add(cell("autoencoder", range(200, 500), "family: autoencoder, " + images(""), range(48, 128), range(16, 64), 32));
        cells.add(cell("vae", range(200, 500), "family: vae, latent: " + range(4, 16) + ", depth: 1, " + images(", standardize: false"),
                range(32, 96), range(16, 64), 32));
        cells.add(cell("conv", range(100, 300), "family: conv, depth: " + range(2, 3) + ", " + images(""), range(6, 16), range(8, 32), 16));
        cells.add(cell("resnet", range(100, 300), "family: resnet, " + images(""), range(4, 8), range(8, 16), 16));
        cells.add(cell("vit", range(100, 300), "family: vit, heads: 2, depth: " + range(1, 3) + ", " + images(""), 2 * range(8, 20),
                range(8, 32), 32));
        for (int i = 1; i <= 2; i++) {
            cells.add(cell("transformer " + i, range(100, 300), "family: transformer_lm, heads: 2, depth: " + range(1, 3) + ", length: "
                    + range(12, 32) + ", " + text(), 2 * range(8, 28), range(4, 12), 32));
        }
        for (String kind : List.of("lstm", "gru")) {
            cells.add(cell(kind, range(100, 300), "family: rnn_lm, cells: " + kind + ", length: " + range(12, 24) + ", " + text(),
                    range(24, 64), range(4, 12), 64));
        }
        cells.add(cell("regression", range(300, 1000), "family: teacher_student, heldOut: 2048, depth: " + range(1, 3), range(24, 96),
                range(16, 128), 32));
        return cells;
    }

    private String perceptron(String name, int width, int depth, int batch, int steps, String noise) {
        return cell(name, steps, "depth: " + depth + ", " + images(noise), width, batch, 32);
    }

    private static String cell(String name, int steps, String what, int width, int batch, int baseWidth) {
        return "  - {name: %s, steps: %d, task: {%s, width: %d, batch: %d, baseWidth: %d}}".formatted(name, steps, what, width, batch, baseWidth);
    }

    private String images(String more) {
        return "data: {source: %s, side: %d, seed: %d%s}".formatted(
                random.nextBoolean() ? "strokes" : "strokes-thin", range(7, 12), random.nextInt(1_000_000), more);
    }

    private String text() {
        return "data: {source: grammar, seed: %d}".formatted(random.nextInt(1_000_000));
    }

    /** Log-uniform, both ends included. */
    private int range(int least, int most) {
        double drawn = StrictMath.exp(StrictMath.log(least) + random.nextDouble() * (StrictMath.log(most + 1) - StrictMath.log(least)));
        return Math.clamp((int) drawn, least, most);
    }
}

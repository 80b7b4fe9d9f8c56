package io.evolo.meta.cma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CmaEsTest {

    /** Objectives whose least value is 0. */
    private enum Objective implements ToDoubleFunction<double[]> {
        SPHERE(1, 1490) {
            @Override
            public double applyAsDouble(double[] x) {
                return Arrays.stream(x).map(v -> v * v).sum();
            }
        },
        /** Condition number 10^6, axes aligned. */
        ELLIPSOID(1, 4120) {
            @Override
            public double applyAsDouble(double[] x) {
                return IntStream.range(0, x.length).mapToDouble(i -> Math.pow(1e6, i / (x.length - 1.0)) * x[i] * x[i]).sum();
            }
        },
        /** The same in coordinates y_i = x_i − 2·mean, a reflection. */
        ROTATED_ELLIPSOID(1, 4120) {
            @Override
            public double applyAsDouble(double[] x) {
                double mean = Arrays.stream(x).average().orElseThrow();
                return ELLIPSOID.applyAsDouble(Arrays.stream(x).map(v -> v - 2 * mean).toArray());
            }
        },
        ROSENBROCK(0, 5330) {
            @Override
            public double applyAsDouble(double[] x) {
                return IntStream.range(0, x.length - 1)
                        .mapToDouble(i -> 100 * Math.pow(x[i + 1] - x[i] * x[i], 2) + Math.pow(1 - x[i], 2))
                        .sum();
            }
        };

        private final double start;
        private final int pycma;

        /**
         * @param start of every coordinate
         * @param pycma evaluations that pycma 4.5.0 needs to 1e-9 in 10 dimensions, median of 11 seeds, λ = 10, σ = 0.5
         */
        Objective(double start, int pycma) {
            this.start = start;
            this.pycma = pycma;
        }
    }

    private static double[] filled(int n, double value) {
        double[] x = new double[n];
        Arrays.fill(x, value);
        return x;
    }

    private static double[] values(CmaEs search, ToDoubleFunction<double[]> objective) {
        return Arrays.stream(search.candidates()).mapToDouble(objective).toArray();
    }

    /** Evaluations until one is below 1e-9; the most where none is. */
    private static int evaluations(CmaEs search, ToDoubleFunction<double[]> objective, int most) {
        for (int made = search.population(); made < most; made += search.population()) {
            double[] values = values(search, objective);
            if (Arrays.stream(values).min().orElseThrow() < 1e-9) {
                return made;
            }
            search.tell(values);
        }
        return most;
    }

    @ParameterizedTest
    @EnumSource
    void needsAsManyEvaluationsAsPycma(Objective objective) {
        int[] needed = LongStream.range(0, 11)
                .mapToInt(seed -> evaluations(new CmaEs(filled(10, objective.start), 0.5, seed), objective, 30_000))
                .sorted()
                .toArray();

        assertThat((double) needed[5]).isBetween(0.85 * objective.pycma, 1.15 * objective.pycma);
    }

    @Test
    void theSeparableFormSolvesAnIllConditionedEllipsoidInManyDimensions() {
        CmaEs search = new CmaEs(filled(300, 1), 0.5, 1);

        assertThat(search.snapshot()).hasSize(2 + 4 * 300);
        assertThat(evaluations(search, Objective.ELLIPSOID, 120_000)).isLessThan(120_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 250})
    void goesOnFromASnapshotWithTheSameBits(int n) {
        CmaEs whole = new CmaEs(filled(n, 1), 0.5, 3);
        CmaEs resumed = new CmaEs(filled(n, -5), 2, 3);
        for (int i = 0; i < 20; i++) {
            whole.tell(values(whole, Objective.SPHERE));
        }

        resumed.restore(whole.snapshot());
        for (int i = 0; i < 20; i++) {
            whole.tell(values(whole, Objective.SPHERE));
            resumed.tell(values(resumed, Objective.SPHERE));
        }

        assertThat(resumed.snapshot()).containsExactly(whole.snapshot());
        assertThat(resumed.candidates()).isDeepEqualTo(whole.candidates());
        assertThat(resumed.generation()).isEqualTo(40);
    }

    @Test
    void aSnapshotOfAnotherSizeIsRefused() {
        double[] other = new CmaEs(filled(3, 1), 0.5, 1).snapshot();

        assertThatThrownBy(() -> new CmaEs(filled(4, 1), 0.5, 1).restore(other))
                .hasMessageContaining("a search in 4 dimensions is saved in 30 numbers, not 20");
    }

    @Test
    void whatIsNoNumberIsTheWorst() {
        CmaEs one = new CmaEs(filled(5, 1), 0.5, 3);
        CmaEs two = new CmaEs(filled(5, 1), 0.5, 3);
        double[] values = values(one, Objective.SPHERE);
        double[] broken = values.clone();
        int worst = IntStream.range(0, values.length).boxed().max((a, b) -> Double.compare(values[a], values[b])).orElseThrow();
        broken[worst] = Double.NaN;

        one.tell(values);
        two.tell(broken);

        assertThat(two.snapshot()).containsExactly(one.snapshot());
    }

    // --- the tutorial's constants, and pycma

    /** Raw weights ln((λ + 1)/2) − ln i: RecombinationWeights(15) of pycma 4.5.0 has these positive ones, and 0 in the middle. */
    @Test
    void oddPopulationsAreWeightedAsInTheTutorial() {
        double[] expected = {
            0.34479619859202054, 0.22986413239468034, 0.16263318353883477, 0.11493206619734017, 0.07793220508496224,
            0.04770111734149459, 0.02214109685066719, 0
        };

        assertThat(Arrays.copyOf(CmaParameters.full(5, 15).weights(), 8)).containsExactly(expected, within(1e-15));
        assertThat(Arrays.copyOf(CmaParameters.separable(300, 15).weights(), 8)).containsExactly(expected, within(1e-15));
        assertThat(Arrays.copyOfRange(CmaParameters.separable(300, 15).weights(), 8, 15)).containsOnly(0);
    }

    @Test
    void theConstantsAreThoseOfTable1() {
        CmaParameters constants = CmaParameters.full(4, 8);

        assertThat(CmaParameters.population(10)).isEqualTo(10);
        assertThat(constants.muEff()).isCloseTo(2.60017882611318, within(1e-14));
        assertThat(constants.cC()).isCloseTo(0.5, within(1e-15));
        assertThat(constants.c1()).isCloseTo(0.06516742738228268, within(1e-15));
        assertThat(constants.cMu()).isCloseTo(0.06397730769814636, within(1e-15));
        assertThat(constants.cSigma()).isCloseTo((2.60017882611318 + 2) / (4 + 2.60017882611318 + 5), within(1e-15));
        assertThat(constants.dSigma()).isCloseTo(1 + constants.cSigma(), within(1e-15));
        assertThat(constants.weights()).containsExactly(
                new double[] {
                    0.5299301844787792, 0.2857142857142857, 0.14285714285714282, 0.041498386949792215, -0.15081195256754806,
                    -0.41178514355447926, -0.6324348325695208, -0.8235702871089585
                },
                within(1e-14));
    }

    /**
     * pycma 4.5.0 with the tutorial's decay and damping of the step size in place of its own, on the objective below from 0.5 with σ = 0.3,
     * C = I at first, and with {@link #numbers} as its normal numbers, turned so that its samples are those of the symmetric root. A row:
     * generation, σ, first and last of the mean, first, corner and last of C.
     */
    @Test
    void walksWithPycmaWhereTheNumbersAreTheSame() {
        agree(4, 8, new double[][] {
            {1, 0.29128669630670107, 0.5309246616983191, 0.27990239750961654, 1.0000412228886941, -0.016131155108733718, 0.9190465067354752},
            {2, 0.2966478641388251, 0.7016693195681448, 0.24672390180600462, 1.0731777475891442, -0.16594957158525458, 0.7528536633183681},
            {5, 0.22064239844795203, 0.4281158660121659, 0.34028175353098095, 0.9894661415634329, -0.08263790936736004, 0.40417869526974515},
            {20, 0.09540431803537919, 0.06570352390753549, 0.3085942812164312, 1.4390486500799715, -0.08697047309260365, 0.0435198044691147}
        });
        agree(5, 15, new double[][] {
            {1, 0.30670990503653967, 0.26353328456731184, 0.3577384799350042, 1.1591316663103117, 0.02793480555633277, 0.888952379888293},
            {2, 0.2802033176391703, 0.5503250725086622, 0.405216946658589, 1.1805725034546042, -0.02103289943083127, 0.6984897943697413},
            {5, 0.17864705272671952, 0.5233603074985246, 0.3912103409570716, 1.1943826650383453, 0.08902012518773275, 0.28332694903557387},
            {20, 0.10819317449683702, -0.17411449409249258, 0.40784196814122436, 1.4354444433803064, -0.04040438980833344, 0.053161021477686914}
        });
    }

    private static void agree(int n, int lambda, double[][] rows) {
        CmaEs search = new CmaEs(
                filled(n, 0.5), 0.3, CmaParameters.full(n, lambda), (g, k) -> numbers(g, k, n), new FullCovariance(n));
        for (double[] row : rows) {
            while (search.generation() < row[0]) {
                search.tell(values(search, CmaEsTest::tilted));
            }
            double[] state = search.snapshot();
            int c = 2 + 3 * n;
            assertThat(new double[] {state[0], state[1], state[2], state[1 + n], state[c], state[c + n - 1], state[c + n * n - 1]})
                    .as("n = %d, λ = %d, generation %.0f", n, lambda, row[0])
                    .containsExactly(row, within(1e-7)); // pycma adds 1e-9 to a length that it divides by
        }
    }

    private static double tilted(double[] x) {
        int n = x.length;
        double sum = x[0] * x[n - 1];
        for (int k = 0; k < n; k++) {
            sum += Math.pow(100, k / (n - 1.0)) * (x[k] - 0.1 * k) * (x[k] - 0.1 * k);
        }
        return sum;
    }

    /** Of mean 0 and variance 1, the same in any language. */
    private static double[] numbers(int generation, int candidate, int n) {
        int g = generation + 1;
        int i = candidate + 1;
        return IntStream.rangeClosed(1, n)
                .mapToDouble(k -> g * (i + 1) * 0.7548776662466927 + i * (k + 1) * 0.5698402909980532 + k * (g + 1) * 0.8191725133961645)
                .map(u -> Math.sqrt(3) * (2 * (u - Math.floor(u)) - 1))
                .toArray();
    }
}

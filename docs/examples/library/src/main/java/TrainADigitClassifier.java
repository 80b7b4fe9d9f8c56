import io.evolo.meta.Trial;
import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.Schedules;
import io.evolo.optimizers.designed.HandDesigned;
import io.evolo.optimizers.learned.Packages;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.data.DataSpec;
import io.evolo.tasks.families.Mlp;
import io.evolo.tasks.families.NetworkFamily;

/** A learned optimizer that ships and Adam, each on the same network from the same start. */
public class TrainADigitClassifier {
    public static void main(String[] arguments) {
        // Drawn digits of 8×8 pixels: nothing to download. The package was meta-trained under muP at base width 32.
        NetworkTask task = NetworkFamily.of(Mlp.of(2), 64, 64, new Parametrization(Parametrization.Kind.MUP, 32), DataSpec.strokes(8).load())
                .sample(Rng.of(1, "task"));
        print("evolo-default", train(task, Packages.bind(Packages.load("evolo-default"))));
        print("adam", train(task, HandDesigned.named("adam", Schedules.constant(0.01))));
    }

    private static Trial train(NetworkTask task, Optimizer rule) {
        return Trial.run(task, rule, 300, 1, Trial.Purpose.JUDGING, 0, 2000, (step, loss) -> {});
    }

    private static void print(String optimizer, Trial trial) {
        System.out.printf("%s: training loss %.4f, test accuracy %.1f%%%n", optimizer, trial.trainLoss(), 100 * trial.testAccuracy());
    }
}

package io.evolo.optimizers.verify;

import io.evolo.optimizers.Optimizer;
import io.evolo.optimizers.OptimizerState;
import io.evolo.optimizers.Step;
import io.evolo.optimizers.verify.Verdict.Difference;
import io.evolo.tasks.kernels.Twin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * Checks the rules of this project against recorded runs of reference implementations: the recorded gradients are fed to the rule,
 * whose parameters are compared with the recorded ones.
 *
 * <p>Runs recorded in float64 are replayed in this project's float32 and held to the tolerance of float32.
 */
public final class Trajectories {
    private Trajectories() {}

    /**
     * Whether a file says that it is a trajectory; other JSON does not.
     *
     * @throws io.evolo.checkpoints.CheckpointException if the file cannot be read or is no JSON
     */
    public static boolean isTrajectory(Path file) {
        return TrajectoryFile.isTrajectory(file);
    }

    /**
     * Replays one file.
     *
     * @param file a trajectory of a learned or of a hand-designed rule, JSON
     * @param twin the kernels to run the rule on; hand-designed rules have one kernel only
     * @throws io.evolo.checkpoints.CheckpointException if the file cannot be read or is not such a trajectory
     */
    public static Verdict replay(Path file, Twin twin) {
        Trajectory trajectory = TrajectoryFile.read(file);
        return switch (trajectory.subject()) {
            case Trajectory.Nothing nothing -> new Verdict.NotInProject(trajectory.rule(), nothing.why());
            case Trajectory.Rule rule -> replay(trajectory, rule.bind().apply(twin));
        };
    }

    private static Verdict.Replayed replay(Trajectory trajectory, Optimizer rule) {
        int steps = trajectory.gradients().size();
        OptimizerState state = rule.init(trajectory.layout(), steps);
        Step step = new Step(trajectory.initial().clone(), new float[trajectory.layout().size()], trajectory.evidence().signals());
        float[] judged = new float[trajectory.layout().size()];
        List<Difference> worst = new ArrayList<>();
        for (int i = 0; i < trajectory.layout().tensors(); i++) {
            worst.add(new Difference(trajectory.layout().spec(i).name(), 0, 0));
        }
        for (int t = 0; t < steps; t++) {
            System.arraycopy(trajectory.gradients().get(t), 0, step.gradient(), 0, step.gradient().length);
            trajectory.evidence().show(t, step.at(trajectory.losses()[t]));
            rule.step(state, step);
            compare(trajectory, t + 1, step.params(), trajectory.after(), worst);
            rule.evaluationParams(state, step.params(), judged);
            compare(trajectory, t + 1, judged, trajectory.judged(), worst);
        }
        return new Verdict.Replayed(trajectory.rule(), steps, worst, trajectory.measure(), trajectory.tolerance());
    }

    private static void compare(
            Trajectory trajectory, int step, float[] ours, SortedMap<Integer, float[]> recorded, List<Difference> worst) {
        if (!recorded.containsKey(step)) {
            return;
        }
        for (int i = 0; i < worst.size(); i++) {
            double difference = trajectory.measure().difference(ours, recorded.get(step), trajectory.initial(),
                    trajectory.layout().offset(i), trajectory.layout().offset(i + 1));
            if (!(difference <= worst.get(i).value())) {
                worst.set(i, new Difference(worst.get(i).tensor(), step, difference));
            }
        }
    }
}

package io.evolo.meta;

import io.evolo.schema.Default;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.data.Teacher;
import io.evolo.tasks.families.NetworkFamily;
import io.evolo.tasks.families.Norm;
import io.evolo.tasks.families.Regressor;
import io.evolo.tasks.kernels.Activation;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Multilayer perceptrons that learn what a random network says; see {@link Teacher}. The loss is the mean squared error: 1 + noise² for
 * a student that says 0, and at least noise² in the limit.
 *
 * @param inputs values of one input
 * @param outputs values to predict
 * @param teacherWidth units of the teacher's hidden layers
 * @param teacherDepth number of the teacher's hidden layers
 * @param noise standard deviation of what is added to the teacher's values
 * @param teacherSeed which teacher
 * @param heldOut examples of each part that is not trained on
 * @param width units of the student's hidden layers, log-uniform
 * @param depth number of the student's hidden layers, uniform
 * @param activations of the student, one is drawn
 * @param norm what every hidden layer of the student has before its activation
 * @param batch examples per batch, log-uniform
 * @param parametrization how the student scales with its width
 * @param baseWidth where muP and SP agree; 1: muLO's absolute scaling
 * @param lossScale from loss to meta-loss
 */
public record TeacherStudent(
        @Default("16") int inputs,
        @Default("1") int outputs,
        @Default("32") int teacherWidth,
        @Default("2") int teacherDepth,
        @Default("0.1") double noise,
        @Default("0") long teacherSeed,
        @Default("1024") int heldOut,
        @Default("32") IntRange width,
        @Default("2") IntRange depth,
        @Default("relu") List<Activation> activations,
        @Default("none") Norm norm,
        @Default("64") IntRange batch,
        @Default("mup") Parametrization.Kind parametrization,
        @Default("1") int baseWidth,
        @Default("nats") LossScale lossScale)
        implements ScaledFamily {

    public TeacherStudent {
        activations = List.copyOf(activations);
        new Teacher(inputs, outputs, teacherWidth, teacherDepth, noise, teacherSeed, heldOut); // refuses values out of range
        Checks.that(!activations.isEmpty(), "number of activations", 0, "at least 1");
        Checks.that(baseWidth >= 1, "baseWidth", baseWidth, "at least 1");
        Checks.that(width.low() >= 1, "width", width, "at least 1");
        Checks.that(batch.low() >= 1, "batch", batch, "at least 1");
    }

    @Override
    public NetworkFamily family() {
        var teacher = new Teacher(inputs, outputs, teacherWidth, teacherDepth, noise, teacherSeed, heldOut);
        return new NetworkFamily(
                new Regressor(depth, activations, norm),
                width,
                batch,
                new Parametrization(parametrization, baseWidth),
                List.of(teacher.draw()),
                lossScale);
    }

    /** The same: the teacher needs no data. */
    @Override
    public TeacherStudent on(UnaryOperator<String> source) {
        return this;
    }

    @Override
    public TeacherStudent under(Parametrization other) {
        return new TeacherStudent(
                inputs, outputs, teacherWidth, teacherDepth, noise, teacherSeed, heldOut, width, depth, activations, norm, batch,
                other.kind(), baseUnder(other), lossScale);
    }
}

package io.evolo.tasks.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.evolo.tasks.Blobs;
import io.evolo.tasks.IntRange;
import io.evolo.tasks.LossScale;
import io.evolo.tasks.NetworkTask;
import io.evolo.tasks.ParamLayout;
import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Rng;
import io.evolo.tasks.Role;
import io.evolo.tasks.Shape;
import io.evolo.tasks.Task;
import io.evolo.tasks.data.Dataset;
import io.evolo.tasks.kernels.Activation;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class NetworkFamilyTest {
    private static final Dataset BLOBS = Blobs.draw(1);

    @Test
    void depthCountsHiddenLayers() {
        assertThat(shapes(0)).containsExactly(Shape.of(9, 4));
        assertThat(shapes(1)).containsExactly(Shape.of(9, 32), Shape.of(32, 4));
        assertThat(shapes(3)).containsExactly(Shape.of(9, 32), Shape.of(32, 32), Shape.of(32, 32), Shape.of(32, 4));
    }

    @Test
    void rolesFollowThePosition() {
        ParamLayout layout = fixed(3).sample(Rng.of(1, "task")).layout();

        assertThat(layout.specs().stream().map(ParamSpec::role).filter(role -> role != Role.VECTOR))
                .containsExactly(Role.INPUT, Role.HIDDEN, Role.HIDDEN, Role.OUTPUT);
    }

    @Test
    void namesSayWhatTheTaskIs() {
        assertThat(fixed(1).sample(Rng.of(1, "task")).name()).isEqualTo("mlp-w32-d1-relu on blobs");
    }

    @Test
    void samplesStayInTheirRangesAndReachTheirEnds() {
        NetworkFamily family = broad();
        Set<Integer> widths = new TreeSet<>();
        Set<Integer> batches = new TreeSet<>();
        Set<Integer> depths = new TreeSet<>();
        Set<String> kinds = new TreeSet<>();
        for (int i = 0; i < 300; i++) {
            NetworkTask task = family.sample(Rng.of(1, "task", i));
            List<Shape> matrices = matrices(task);
            depths.add(matrices.size() - 1);
            batches.add(task.batch());
            kinds.add(task.name().replaceAll("mlp-w\\d+-d\\d-", ""));
            if (matrices.size() > 1) {
                widths.add(matrices.getFirst().axis(1));
            }
        }

        assertThat(widths).containsExactly(4, 5, 6, 7, 8);
        assertThat(batches).containsExactly(1, 2, 3);
        assertThat(depths).containsExactly(0, 1, 2);
        assertThat(kinds).containsExactly("leaky-relu-ln on blobs", "tanh-ln on blobs");
    }

    @Test
    void equalStreamsGiveEqualTasks() {
        assertThat(broad().sample(Rng.of(3, "task"))).isEqualTo(broad().sample(Rng.of(3, "task")));
        assertThat(broad()).isEqualTo(broad());
    }

    @Test
    void emptyChoicesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Mlp(IntRange.of(1), List.of(), Norm.NONE, 0, Loss.CROSS_ENTROPY))
                .withMessageContaining("activations is empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkFamily.of(Mlp.of(1), 0, 1, Parametrization.standard(), BLOBS))
                .withMessageContaining("width 0");
        assertThatIllegalArgumentException().isThrownBy(() -> IntRange.of(3, 2)).withMessageContaining("[3, 2]");
    }

    private static NetworkFamily fixed(int depth) {
        return NetworkFamily.of(Mlp.of(depth), 32, 64, Parametrization.mup(1), BLOBS);
    }

    private static NetworkFamily broad() {
        return new NetworkFamily(
                new Mlp(IntRange.of(0, 2), List.of(Activation.TANH, Activation.LEAKY_RELU), Norm.LAYER, 0, Loss.CROSS_ENTROPY),
                IntRange.of(4, 8),
                IntRange.of(1, 3),
                Parametrization.standard(),
                List.of(BLOBS),
                LossScale.CLIPPED);
    }

    private static List<Shape> shapes(int depth) {
        return matrices(fixed(depth).sample(Rng.of(1, "task")));
    }

    private static List<Shape> matrices(Task task) {
        return task.layout().specs().stream().map(ParamSpec::shape).filter(shape -> shape.rank() == 2).toList();
    }
}

package io.evolo.tasks.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import io.evolo.tasks.ParamSpec;
import io.evolo.tasks.Parametrization;
import io.evolo.tasks.Parametrization.HeadGrowth;
import io.evolo.tasks.Role;
import io.evolo.tasks.Scaling;
import io.evolo.tasks.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkTest {

    @Test
    void equalDescriptionsAreEqual() {
        assertThat(mlp(Parametrization.mup(1), 32)).isEqualTo(mlp(Parametrization.mup(1), 32)).hasSameHashCodeAs(mlp(Parametrization.mup(1), 32));
        assertThat(mlp(Parametrization.mup(1), 32)).isNotEqualTo(mlp(Parametrization.mup(1), 31));
        assertThat(mlp(Parametrization.mup(1), 32)).isNotEqualTo(mlp(Parametrization.standard(), 32));
    }

    @Test
    void layoutListsWeightsAndBiasesInOrder() {
        assertThat(mlp(Parametrization.standard(), 32).layout().specs())
                .extracting(ParamSpec::name, ParamSpec::shape)
                .containsExactly(
                        tuple("in/w", Shape.of(64, 32)),
                        tuple("in/b", Shape.of(32)),
                        tuple("hidden/w", Shape.of(32, 32)),
                        tuple("hidden/b", Shape.of(32)),
                        tuple("out/w", Shape.of(32, 10)),
                        tuple("out/b", Shape.of(10)));
    }

    @Test
    void rolesScaleAsMupSays() {
        List<ParamSpec> specs = mlp(Parametrization.mup(8), 32).layout().specs();

        assertThat(specs).extracting(ParamSpec::scaling).containsExactly(
                new Scaling(1 / 8.0, 1, 1, 4),
                new Scaling(0, 1, 1, 4),
                new Scaling(1 / Math.sqrt(32), 1, 1 / 4.0, 1),
                new Scaling(0, 1, 1, 4),
                new Scaling(0, 1 / 4.0, 1, 4),
                new Scaling(0, 1, 4, 16));
    }

    @Test
    void whatFollowsFromTheFactorsOfMup() {
        List<Scaling> scalings = mlp(Parametrization.mup(8), 32).layout().specs().stream().map(ParamSpec::scaling).toList();

        assertThat(scalings).extracting(Scaling::gradient).containsOnly(4.0);
        assertThat(scalings).extracting(Scaling::relative).containsExactly(1.0, 1.0, 0.5, 1.0, 1.0, 1.0);
        assertThat(scalings).extracting(Scaling::orthogonal).containsExactly(1.0, 1.0, 0.5, 1.0, 1.0, 2.0);
    }

    @Test
    void attentionIsDividedByTheSizeOfItsHeads() {
        Parametrization mup = Parametrization.mup(64);

        assertThat(mup.attention(16, 4, HeadGrowth.SIZE)).isEqualTo(1 / 4.0);
        assertThat(mup.attention(64, 4, HeadGrowth.SIZE)).isEqualTo(1 / 16.0);
        assertThat(mup.attention(16, 4, HeadGrowth.NUMBER)).isEqualTo(1 / 4.0);
        assertThat(mup.attention(16, 16, HeadGrowth.NUMBER)).isEqualTo(1 / 4.0);
        assertThat(Parametrization.mup(1).attention(16, 16, HeadGrowth.NUMBER)).isEqualTo(1 / 16.0);
        assertThat(Parametrization.standard().attention(64, 4, HeadGrowth.SIZE)).isEqualTo(1 / 8.0);
    }

    @Test
    void operationsAreCountedForwardAndTwiceAsManyBackward() {
        assertThat(mlp(Parametrization.standard(), 32).flops()).isEqualTo(3 * 2.0 * (64 * 32 + 32 * 32 + 32 * 10));
    }

    @Test
    void layersAreNamedByTheirTensors() {
        assertThat(mlp(Parametrization.standard(), 32).layers()).containsExactly("in", "hidden", "out");
    }

    @Test
    void gainsBeginAtOne() {
        var b = Network.builder(Parametrization.standard());
        Network network = b.crossEntropy(b.layerNorm("norm", b.input(4)));

        assertThat(network.layout().specs()).extracting(ParamSpec::initialMean).containsExactly(1.0, 0.0);
    }

    @Test
    void nonsenseIsRefused() {
        var b = Network.builder(Parametrization.standard());
        var x = b.input(4);
        var unread = b.affine("unread", x, 3, Role.INPUT);

        assertThatIllegalArgumentException().isThrownBy(() -> b.crossEntropy(x)).withMessageContaining("nothing reads operation 1");
        assertThatIllegalArgumentException().isThrownBy(() -> b.add(x, unread)).withMessageContaining("[4] and [3]");
        assertThatIllegalArgumentException().isThrownBy(() -> b.add(x, x)).withMessageContaining("itself");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> b.affine("vector", x, 3, Role.VECTOR))
                .withMessageContaining("expected INPUT, HIDDEN or OUTPUT");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Network(List.of(new Op.Input(Shape.of(3))), mlp(Parametrization.standard(), 1).layout()))
                .withMessageContaining("ends with its loss");
    }

    private static Network mlp(Parametrization parametrization, int width) {
        var b = Network.builder(parametrization);
        var x = b.relu(b.affine("in", b.input(64), width, Role.INPUT));
        x = b.relu(b.affine("hidden", x, width, Role.HIDDEN));
        return b.crossEntropy(b.affine("out", x, 10, Role.OUTPUT));
    }
}

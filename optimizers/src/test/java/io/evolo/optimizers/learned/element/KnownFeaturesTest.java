package io.evolo.optimizers.learned.element;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class KnownFeaturesTest {
    private record Named(String key, boolean standard) implements Feature.OfTensor {
        Named(String key) {
            this(key, false);
        }

        @Override
        public float of(TensorFacts facts) {
            return 0;
        }
    }

    @Test
    void featuresOfJarsStandBehindThePlatformsByTheirKeys() {
        List<Feature> all = KnownFeatures.with(List.of(new Named("zeta"), new Named("alpha2_b")));
        assertThat(all.subList(all.size() - 2, all.size())).extracting(Feature::key).containsExactly("alpha2_b", "zeta");
        assertThat(all.getFirst()).isEqualTo(ElementFeature.STEP);
    }

    @Test
    void aJarOnTheClassPathIsFound() {
        assertThat(Feature.all()).last().extracting(Feature::key).isEqualTo("of_a_jar");
        assertThat(Feature.all()).isSameAs(Feature.all());
    }

    @Test
    void aKeyOfOursTwoOfOneKeyAndNoKeyAreRefused() {
        assertThatThrownBy(() -> KnownFeatures.with(List.of(new Named("surprise")))).hasMessageContaining("ElementFeature").hasMessageContaining("'surprise' of");
        assertThatThrownBy(() -> KnownFeatures.with(List.of(new Named("twice"), new Named("twice")))).hasMessageContaining("has that key");
        assertThatThrownBy(() -> KnownFeatures.with(List.of(new Named("Bad Key")))).hasMessageContaining("lower-case");
        assertThatThrownBy(() -> KnownFeatures.with(List.of(new Named("mine", true)))).hasMessageContaining("off unless named");
    }
}

package io.evolo.optimizers.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.evolo.checkpoints.LearnedOptimizerPackage;
import io.evolo.checkpoints.Usage;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PackagedParametrizationTest {
    private static LearnedOptimizerPackage saying(String kind, int baseWidth) {
        return Networks.smallFc().withUsage(new Usage(new Usage.Scaling(kind, baseWidth), new TreeMap<>(), new TreeSet<>()));
    }

    @Test
    void aPackageUnderMupIsUsedUnderMup() {
        LearnedOptimizerPackage mup = saying("mup", 32);
        assertThat(new LearnedUpdater(mup)).isEqualTo(new LearnedUpdater(mup).mup(32));
        assertThat(new LearnedUpdater(mup).chosen(mup)).endsWith("under muP with base width 32, as it says");
    }

    @Test
    void whatTheUserSaysStandsAboveIt() {
        LearnedOptimizerPackage mup = saying("mup", 32);
        assertThat(new LearnedUpdater(mup).mup(8)).isNotEqualTo(new LearnedUpdater(mup));
        assertThat(new LearnedUpdater(mup).mup(8).chosen(mup)).endsWith("under muP with base width 8, as .mup said");
    }

    @Test
    void withoutAWordItIsTheStandardOneAndTheLineSaysWhy() {
        LearnedOptimizerPackage silent = Networks.smallFc();
        assertThat(new LearnedUpdater(silent).chosen(silent))
                .contains("under the standard parametrization, for it says nothing; add .mup(baseWidth)");
        LearnedOptimizerPackage standard = saying("sp", 1);
        assertThat(new LearnedUpdater(standard).chosen(standard)).endsWith("under the standard parametrization, as it says");
    }
}

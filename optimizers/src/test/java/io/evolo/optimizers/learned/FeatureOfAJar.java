package io.evolo.optimizers.learned;

import io.evolo.optimizers.learned.element.Block;
import io.evolo.optimizers.learned.element.Feature;

/** A feature as a user would add it: found by its line in META-INF/services. */
public final class FeatureOfAJar implements Feature.OfElement {
    @Override
    public String key() {
        return "of_a_jar";
    }

    @Override
    public float of(float step, float fresh, float share, float row, float column) {
        return share - row;
    }

    @Override
    public void column(float[] block, int out) {
        for (int i = 0; i < Block.SIZE; i++) {
            block[out + i] = block[Block.SHARE + i] - block[Block.ROW + i];
        }
    }
}

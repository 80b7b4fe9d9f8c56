package io.evolo.tasks.data;

import io.evolo.tasks.Rng;

/**
 * Wrong labels among those that are trained on: a share of them, chosen without replacement, is replaced by classes drawn uniformly, of
 * which one in as many as there are classes is the old one. A function of share, seed, classes and the number of labels alone.
 *
 * @param share of the labels that are drawn anew, rounded to whole labels; in [0, 1)
 */
record LabelNoise(double share, long seed) {

    LabelNoise {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("data noise is " + share + ", expected a share of the labels in [0, 1)");
        }
    }

    /** The same inputs, not copied, with the labels that are trained on. */
    Examples of(Examples clean, int classes) {
        int[] labels = clean.labels().clone();
        Rng rng = Rng.of(seed, "label-noise");
        long replaced = Math.round(share * labels.length);
        int[] order = new int[labels.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        for (int i = 0; i < replaced; i++) { // Fisher-Yates, as far as it is needed
            int other = i + rng.nextInt(order.length - i);
            int chosen = order[other];
            order[other] = order[i];
            labels[chosen] = rng.nextInt(classes);
        }
        return new Examples(clean.inputs(), labels);
    }
}

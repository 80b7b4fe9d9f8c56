package io.evolo.tasks.families;

import io.evolo.tasks.Parametrization.HeadGrowth;

/**
 * How a transformer's width is split into heads.
 *
 * @param number of heads at every width; without effect where there is a size
 * @param size of every head, so that wider networks have more of them; 0: the number is fixed
 */
record Heads(int number, int size) {

    Heads {
        Checks.atLeast("heads", number, 1);
        Checks.atLeast("headSize", size, 0);
    }

    /** The least width that is no smaller than this one and can be split. */
    int width(int width) {
        int part = size == 0 ? number : size;
        return (width + part - 1) / part * part;
    }

    /** How many at a width that can be split. */
    int at(int width) {
        return size == 0 ? number : width / size;
    }

    HeadGrowth growth() {
        return size == 0 ? HeadGrowth.SIZE : HeadGrowth.NUMBER;
    }

    /** For task names. */
    String suffix() {
        return size == 0 ? "-h" + number : "-hs" + size;
    }
}

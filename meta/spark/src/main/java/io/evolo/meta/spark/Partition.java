package io.evolo.meta.spark;

import java.io.Serializable;

/**
 * Neighbouring particles that live together.
 *
 * @param index of the partition
 * @param from first particle
 * @param to behind the last particle
 * @param cut where they can be made again from
 * @param cuts whether their states are wanted back
 */
record Partition(int index, int from, int to, Cut cut, boolean cuts) implements Serializable {}

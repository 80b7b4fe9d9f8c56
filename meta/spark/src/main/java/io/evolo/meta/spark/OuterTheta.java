package io.evolo.meta.spark;

import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;

/**
 * What one outer step gives every particle.
 *
 * @param outerStep names the noise
 */
record OuterTheta(int outerStep, Broadcast<float[]> theta) implements Serializable {}

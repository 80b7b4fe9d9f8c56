package io.evolo.tasks.families;

import io.evolo.tasks.nn.Network;

/**
 * A network that an {@link Architecture} drew.
 *
 * @param name says what was drawn, as {@code mlp-w32-d2-relu}
 * @param classes what the loss tells apart: classes or vocabulary; 0 if it reconstructs
 */
public record Drawn(String name, Network network, int classes) {}

package io.evolo.optimizers;

import java.util.List;

/** The hand-designed rules by name, with the usual hyperparameters. Others are made by their constructors. */
public final class HandDesigned {
    private static final List<String> NAMES = List.of("sgd", "momentum", "adam", "adamw");

    private HandDesigned() {}

    public static List<String> names() {
        return NAMES;
    }

    /**
     * The rule of that name: {@code sgd} and {@code momentum} (.9) without decay, {@code adam} and {@code adamw} with β .9 and .999
     * and ε 1e-8, {@code adamw} with weight decay .01.
     *
     * @throws IllegalArgumentException if there is none; the message names the nearest one
     */
    public static Optimizer named(String name, Schedule rate) {
        return switch (name) {
            case "sgd" -> new Sgd(rate, 0);
            case "momentum" -> new Momentum(rate, 0.9, 0);
            case "adam" -> Adam.of(rate);
            case "adamw" -> AdamW.of(rate, 0.01);
            default -> throw new IllegalArgumentException(Names.unknown("hand-designed optimizer", name, NAMES));
        };
    }
}

package io.evolo.optimizers;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A rule or a package with hyperparameters behind its name, as users write it: {@code adamw:beta2=0.95,weight_decay=0.1}.
 *
 * @param name the name, or a file's path
 * @param hyperparameters none if no colon follows the name
 */
public record RuleName(String name, Map<String, Double> hyperparameters) {

    public RuleName {
        hyperparameters = Collections.unmodifiableMap(new TreeMap<>(hyperparameters));
    }

    /**
     * Takes the text apart.
     *
     * @throws IllegalArgumentException if a hyperparameter has no number or stands twice; the message has the text
     */
    public static RuleName parse(String text) {
        String name = withoutHyperparameters(text);
        Map<String, Double> hyper = new TreeMap<>();
        if (name.equals(text)) {
            return new RuleName(name, hyper);
        }
        for (String setting : text.substring(name.length() + 1).split(",", -1)) {
            String[] keyAndValue = setting.split("=", 2);
            if (keyAndValue.length < 2 || hyper.put(keyAndValue[0], number(text, setting, keyAndValue[1], "=")) != null) {
                throw new IllegalArgumentException(text + ": got '" + setting + "', expected NAME=NUMBER once for every hyperparameter,"
                        + " as in adamw:beta2=0.95,weight_decay=0.1");
            }
        }
        return new RuleName(name, hyper);
    }

    /** The name or file before the hyperparameters: a colon behind which a path goes on begins none. */
    public static String withoutHyperparameters(String text) {
        return text.replaceFirst(":[^:/\\\\]*$", "");
    }

    /**
     * A number as it may stand in a name: switches may be true and false, bounds inf.
     *
     * @param text the whole name, for the message
     * @param setting where the value stands there
     * @param before the sign that it stands behind
     * @throws IllegalArgumentException if it is none
     */
    public static double number(String text, String setting, String value, String before) {
        return switch (value) {
            case "true" -> 1;
            case "false" -> 0;
            case "inf", ".inf" -> Double.POSITIVE_INFINITY;
            default -> {
                try {
                    yield Double.parseDouble(value);
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException(text + ": got '" + setting + "', expected a number behind the '" + before + "'");
                }
            }
        };
    }
}

package io.evolo.cli;

import io.evolo.meta.ScaledFamily;
import io.evolo.meta.Tasks;
import io.evolo.schema.Schema;
import io.evolo.schema.Setting;
import io.evolo.tasks.Parametrization;
import java.util.List;

/** A task as options give it: one entry of a recipe's task list. */
final class TaskSettings {
    private TaskSettings() {}

    /**
     * The entry that the settings say.
     *
     * @param settings {@code KEY=VALUE}
     * @param data path of other data; empty: none
     * @throws io.evolo.schema.ConfigException with a line per problem
     */
    static Tasks bind(List<String> settings, String data) {
        Tasks tasks = Schema.of(Tasks.class).of(settings.stream().map(Setting::parse).toList(), "the task");
        return data.isEmpty() ? tasks : tasks.on(Recipes.dataFolder(data));
    }

    /**
     * The same for hand-designed rules: under the standard parametrization, which their published rates are for, unless the settings say
     * another, or a base width.
     */
    static Tasks forDesigned(List<String> settings, String data) {
        Tasks tasks = bind(settings, data);
        return sayScaling(settings) ? tasks : tasks.under(Parametrization.standard());
    }

    /** Whether they say how networks scale with their width. */
    static boolean sayScaling(List<String> settings) {
        return settings.stream().anyMatch(setting -> setting.startsWith("parametrization=")) || sayBaseWidth(settings);
    }

    /** Whether they say the base width; else it is the one that a package was meta-trained at, which it takes for granted. */
    static boolean sayBaseWidth(List<String> settings) {
        return settings.stream().anyMatch(setting -> setting.startsWith("baseWidth="));
    }

    /** How the networks scale with their width, for a line that says what is trained; empty where nothing has a width. */
    static String scaling(Tasks tasks) {
        if (!(tasks.kind() instanceof ScaledFamily networks)) {
            return "";
        }
        String kind = ", parametrization=" + Schema.constant(networks.parametrization());
        return networks.parametrization() == Parametrization.Kind.SP ? kind : kind + " baseWidth=" + networks.baseWidth();
    }
}

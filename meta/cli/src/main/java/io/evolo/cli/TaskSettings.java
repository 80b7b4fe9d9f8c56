package io.evolo.cli;

import io.evolo.meta.Tasks;
import io.evolo.schema.Schema;
import io.evolo.schema.Setting;
import io.evolo.schema.YamlNode;
import io.evolo.schema.YamlReader;
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
        YamlNode tree = YamlReader.document("", "the task");
        for (String setting : settings) {
            tree = Setting.parse(setting).applyTo(tree);
        }
        Tasks tasks = Schema.of(Tasks.class).bind(tree);
        return data.isEmpty() ? tasks : tasks.on(Recipes.dataFolder(data));
    }
}

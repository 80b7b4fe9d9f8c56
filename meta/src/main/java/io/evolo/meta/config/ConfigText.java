package io.evolo.meta.config;

import java.util.ServiceLoader;

/** Configurations as text, for processes that know no command line; found by {@link ServiceLoader}. */
public interface ConfigText {

    /**
     * A record as its YAML says.
     *
     * @param where names the text, for messages
     * @throws ConfigException with a line per problem
     */
    <T extends Record> T read(Class<T> type, String yaml, String where);

    /** YAML that reads as an equal record. */
    String write(Record value);

    /**
     * The one that is on the class path.
     *
     * @throws IllegalStateException if there is none
     */
    static ConfigText installed() {
        return ServiceLoader.load(ConfigText.class, ConfigText.class.getClassLoader()).findFirst()
                .orElseThrow(() -> new IllegalStateException("nothing on the class path reads configurations; add evolo-cli"));
    }
}

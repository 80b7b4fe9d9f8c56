package io.evolo.cli.config;

import io.evolo.meta.config.ConfigText;

/** The command line's own YAML, for processes of a cluster. */
public final class YamlText implements ConfigText {

    @Override
    public <T extends Record> T read(Class<T> type, String yaml, String where) {
        return Binder.bind(type, YamlReader.document(yaml, where));
    }

    @Override
    public String write(Record value) {
        return YamlWriter.write(value);
    }
}

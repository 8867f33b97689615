package io.forebay.server.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Settings of things with names: a map of maps.
 *
 * @param where for messages: the key, and where its value was said
 */
record ConfigTable(String where, Map<String, Entry> entries) {

    /** One line of YAML, which JSON is, too. */
    static ConfigTable parse(ConfigKey key, String text, String source) {
        Object value;
        try {
            value = new Load(LoadSettings.builder().build()).loadFromString(text);
        } catch (YamlEngineException e) {
            value = null;
        }
        if (value instanceof Map<?, ?> map) {
            return of(key, map, source);
        }
        throw new ConfigException(
                key.path() + " is '" + text + "' (from " + source + "), must be " + key.range());
    }

    static ConfigTable of(ConfigKey key, Map<?, ?> table, String source) {
        Map<String, Entry> entries = new TreeMap<>();
        table.forEach((name, settings) -> {
            String where = key.path() + "." + name + " (from " + source + ")";
            if (!(settings instanceof Map<?, ?> map)) {
                throw new ConfigException(where + " must have settings");
            }
            Map<String, @Nullable Object> said = new LinkedHashMap<>();
            map.forEach((setting, value) -> said.put(String.valueOf(setting), value));
            entries.put(String.valueOf(name), new Entry(where, said, new ArrayList<>()));
        });
        return new ConfigTable(key.path() + " (from " + source + ")", entries);
    }

    /**
     * The settings of one name.
     *
     * @param known those that were asked for, so that the others are told
     */
    record Entry(String where, Map<String, @Nullable Object> said, List<String> known) {
        @Nullable
        String text(String setting) {
            Object value = value(setting);
            if (value instanceof Map || value instanceof List) {
                throw bad(setting, "a text");
            }
            return value == null ? null : String.valueOf(value);
        }

        String required(String setting) {
            String text = text(setting);
            if (text == null || text.isEmpty()) {
                throw new ConfigException(where + " has no " + setting);
            }
            return text;
        }

        long number(String setting, long absent, long min, long max) {
            Object value = value(setting);
            if (value == null) {
                return absent;
            }
            if (value instanceof Number number && number.doubleValue() == number.longValue()
                    && number.longValue() >= min && number.longValue() <= max) {
                return number.longValue();
            }
            throw bad(setting, min + " to " + max);
        }

        double positive(String setting, double absent) {
            Object value = value(setting);
            if (value == null) {
                return absent;
            }
            if (value instanceof Number number && number.doubleValue() > 0) {
                return number.doubleValue();
            }
            throw bad(setting, "a number above 0");
        }

        Map<String, String> texts(String setting) {
            Object value = value(setting);
            if (value != null && !(value instanceof Map)) {
                throw bad(setting, "names with texts");
            }
            Map<String, String> texts = new LinkedHashMap<>();
            if (value instanceof Map<?, ?> map) {
                map.forEach((name, text) -> texts.put(String.valueOf(name), String.valueOf(text)));
            }
            return texts;
        }

        private @Nullable Object value(String setting) {
            known.add(setting);
            return said.get(setting);
        }

        /** To be called when all were asked for. */
        void refuseOthers() {
            for (String setting : said.keySet()) {
                if (!known.contains(setting)) {
                    throw new ConfigException(where + ": unknown key '" + setting + "'"
                            + Closest.to(setting, known).map(meant -> "; did you mean " + meant + "?")
                                    .orElse(""));
                }
            }
        }

        ConfigException bad(String setting, String range) {
            return new ConfigException(where + ": " + setting + " is '" + said.get(setting) + "', must be "
                    + range);
        }
    }
}

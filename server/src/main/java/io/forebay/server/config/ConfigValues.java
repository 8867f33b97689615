package io.forebay.server.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * A checked value for every key; starts with the defaults, later sources replace earlier ones. Not
 * thread-safe.
 */
final class ConfigValues {
    private final Map<ConfigKey, Object> values = new EnumMap<>(ConfigKey.class);

    ConfigValues() {
        for (ConfigKey key : ConfigKey.values()) {
            set(key, key.defaultText(), "default");
        }
    }

    /**
     * @param source for messages: where the value was said
     * @throws ConfigException naming key, value, range and source
     */
    void set(ConfigKey key, String text, String source) {
        String value = text.strip();
        values.put(key, switch (key.kind()) {
            case TEXT -> checked(!value.isEmpty(), value, key, text, source);
            case FLAG -> flag(value, key, source);
            case NUMBER, BYTES -> number(value, key, source);
            case CHOICE -> choice(value, key, source);
            case LIST -> list(value);
            case TABLE -> ConfigTable.parse(key, value, source);
        });
    }

    /** @param table as it was read from YAML */
    void setTable(ConfigKey key, Map<?, ?> table, String source) {
        values.put(key, ConfigTable.of(key, table, source));
    }

    String text(ConfigKey key) {
        return (String) value(key);
    }

    boolean flag(ConfigKey key) {
        return (Boolean) value(key);
    }

    long number(ConfigKey key) {
        return (Long) value(key);
    }

    int integer(ConfigKey key) {
        return Math.toIntExact(number(key));
    }

    List<String> list(ConfigKey key) {
        return Arrays.asList((String[]) value(key));
    }

    ConfigTable table(ConfigKey key) {
        return (ConfigTable) value(key);
    }

    private Object value(ConfigKey key) {
        return Objects.requireNonNull(values.get(key));
    }

    private static Object flag(String value, ConfigKey key, String source) {
        String lower = value.toLowerCase(Locale.ROOT);
        return checked(lower.equals("true") || lower.equals("false"), lower.equals("true"), key, value,
                source);
    }

    private static Object number(String value, ConfigKey key, String source) {
        long number;
        try {
            number = key.kind() == ConfigKind.BYTES
                    ? Bytes.parse(value)
                    : Long.parseLong(value.replace("_", ""));
        } catch (NumberFormatException e) {
            throw bad(key, value, source);
        }
        return checked(key.inRange(number), number, key, value, source);
    }

    private static Object choice(String value, ConfigKey key, String source) {
        String lower = value.toLowerCase(Locale.ROOT);
        return checked(key.choices().contains(lower), lower, key, value, source);
    }

    /** {@code a, b} or {@code ["a", "b"]}. */
    private static String[] list(String value) {
        String inner = value.startsWith("[") && value.endsWith("]")
                ? value.substring(1, value.length() - 1)
                : value;
        List<String> items = new ArrayList<>();
        for (String item : inner.split(",", -1)) {
            String bare = item.strip().replaceAll("^[\"']|[\"']$", "");
            if (!bare.isEmpty()) {
                items.add(bare);
            }
        }
        return items.toArray(String[]::new);
    }

    private static Object checked(boolean ok, Object value, ConfigKey key, String text, String source) {
        if (!ok) {
            throw bad(key, text, source);
        }
        return value;
    }

    private static ConfigException bad(ConfigKey key, String value, String source) {
        return new ConfigException(
                key.path() + " is '" + value + "' (from " + source + "), must be " + key.range());
    }
}

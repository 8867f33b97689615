package io.forebay.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads the three sources, later ones winning: file, environment ({@code FOREBAY_SECTION__KEY}, and before
 * it Chroma's variable, or one that scripts rely on, that means the same), flags.
 *
 * <p>Failure: the first thing that is wrong is a {@link ConfigException}; nothing is guessed and nothing
 * unknown is passed over. Variables of other programs are: {@code FOREBAY_PORT} is what Kubernetes sets for
 * a service of that name. Only one that is a key but for its underscores is taken for a mistake.
 */
public final class ConfigLoader {
    private static final String PREFIX = "FOREBAY_";

    private final ConfigValues values = new ConfigValues();

    private ConfigLoader() {}

    /**
     * @param file  null for none
     * @param flags {@code section.name} to value
     */
    public static ServerConfig load(@Nullable Path file, Map<String, String> environment,
            Map<String, String> flags) {
        ConfigLoader loader = new ConfigLoader();
        if (file != null) {
            loader.readFile(file);
        }
        loader.readEnvironment(new TreeMap<>(environment));
        flags.forEach((path, value) -> loader.values.set(known(path, "--set"), value, "flag"));
        return ServerConfig.of(loader.values);
    }

    private void readFile(Path file) {
        Object root;
        try {
            LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
            root = new Load(settings).loadFromString(Files.readString(file));
        } catch (MarkedYamlEngineException e) {
            String line = e.getProblemMark().map(mark -> " line " + (mark.getLine() + 1)).orElse("");
            throw new ConfigException(file + line + ": not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new ConfigException(file + ": not YAML: " + e.getMessage());
        } catch (IOException e) {
            throw new ConfigException("cannot read the configuration file " + file + ": "
                    + (Files.exists(file) ? e.getMessage() : "no such file"));
        }
        if (root == null) {
            return;
        }
        for (Map.Entry<?, ?> section : map(root, file + ": must be sections of keys").entrySet()) {
            String name = String.valueOf(section.getKey());
            List<String> sections = Arrays.stream(ConfigKey.values()).map(ConfigKey::section).distinct()
                    .toList();
            if (!sections.contains(name)) {
                throw new ConfigException(file + ": unknown section '" + name + "'" + hint(name, sections));
            }
            if (section.getValue() == null) {
                continue;
            }
            for (Map.Entry<?, ?> entry : map(section.getValue(), file + ": " + name + " must hold keys")
                    .entrySet()) {
                readEntry(name + "." + entry.getKey(), entry.getValue(), file);
            }
        }
    }

    private void readEntry(String path, @Nullable Object value, Path file) {
        ConfigKey key = known(path, file.toString());
        if (value == null) {
            throw new ConfigException(file + ": " + path + " has no value, must be " + key.range());
        }
        if (value instanceof Map<?, ?> table && key.kind() == ConfigKind.TABLE) {
            values.setTable(key, table, file.toString());
            return;
        }
        if (value instanceof Map || value instanceof List && key.kind() != ConfigKind.LIST) {
            throw new ConfigException(file + ": " + path + " must be " + key.range());
        }
        String text = value instanceof List<?> items
                ? items.stream().map(String::valueOf).collect(Collectors.joining(","))
                : String.valueOf(value);
        values.set(key, text, file.toString());
    }

    private void readEnvironment(Map<String, String> environment) {
        for (ConfigKey key : ConfigKey.values()) {
            String alias = key.alias();
            if (alias != null && environment.containsKey(alias)) {
                values.set(key, environment.getOrDefault(alias, ""), "environment variable " + alias);
            }
        }
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                readVariable(name, value);
            }
        });
    }

    private void readVariable(String name, String value) {
        List<String> names = Arrays.stream(ConfigKey.values()).map(ConfigKey::variable).toList();
        int index = names.indexOf(name.toUpperCase(Locale.ROOT));
        if (index >= 0) {
            values.set(ConfigKey.values()[index], value, "environment variable " + name);
            return;
        }
        boolean meantForUs = name.substring(PREFIX.length()).contains("__")
                || names.stream().anyMatch(known -> known.replace("__", "_").equalsIgnoreCase(name));
        if (meantForUs) {
            throw new ConfigException("unknown environment variable " + name + hint(name, names));
        }
    }

    private static ConfigKey known(String path, String source) {
        ConfigKey key = ConfigKey.of(path);
        if (key == null) {
            List<String> paths = Arrays.stream(ConfigKey.values()).map(ConfigKey::path).toList();
            throw new ConfigException(source + ": unknown key '" + path + "'" + hint(path, paths));
        }
        return key;
    }

    private static Map<?, ?> map(Object value, String message) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new ConfigException(message);
    }

    private static String hint(String typed, List<String> candidates) {
        return Closest.to(typed, candidates).map(meant -> "; did you mean " + meant + "?").orElse("");
    }
}

package io.forebay.server.http.json;

import io.forebay.model.CollectionSettings;
import io.forebay.model.Durability;
import io.forebay.model.ForebayException;
import io.forebay.model.LagPolicy;
import io.forebay.model.MetadataValue;
import io.forebay.model.ReadLevel;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Forebay's own settings of a collection, from the two places where a request may name them: the configuration, and, for
 * clients whose configuration is closed, metadata with the prefix {@code forebay:}. The configuration goes before.
 */
final class SettingsFields {
    private static final String PREFIX = "forebay:";
    private static final List<String> NAMES = List.of("batch_ingest", "durability", "read_level",
            "lag_policy",
            "lag_records_max", "lag_seconds_max");
    private static final String LEVELS = "index_and_wal, index_only, index_and_bounded_wal";

    private CollectionSettings settings = CollectionSettings.NONE;

    /** False when the field is none of ours. */
    boolean field(JsonIn in, String name) throws IOException {
        boolean none = in.isNull();
        switch (name) {
            case "batch_ingest" -> settings = settings.withBatchIngest(none ? null : (Boolean) in.bool());
            case "durability" -> settings = settings
                    .withDurability(none ? null : Durability.parse(in.string()));
            case "read_level" -> settings = settings
                    .withReadLevel(none ? null : level(in));
            case "lag_policy" -> settings = settings.withLag(none ? null : LagPolicy.parse(in.string()),
                    settings.lagRecordsMax(), settings.lagSecondsMax());
            case "lag_records_max" -> settings = settings.withLag(settings.lagPolicy(),
                    none ? null : (Long) in.u64(), settings.lagSecondsMax());
            case "lag_seconds_max" -> settings = settings.withLag(settings.lagPolicy(),
                    settings.lagRecordsMax(), none ? null : (Long) in.u64());
            default -> {
                return false;
            }
        }
        return true;
    }

    private static ReadLevel level(JsonIn in) throws IOException {
        String named = in.string();
        for (ReadLevel level : ReadLevel.values()) {
            if (level.wireName().equals(named)) {
                return level;
            }
        }
        throw ForebayException.invalid("Read level must be one of " + LEVELS + ". Got: " + named);
    }

    /** What the configuration named, and where that says nothing, what the metadata says. */
    CollectionSettings over(@Nullable Map<String, MetadataValue> metadata) {
        return metadata == null ? settings : settings.over(ofMetadata(metadata));
    }

    private static CollectionSettings ofMetadata(Map<String, MetadataValue> metadata) {
        for (String key : metadata.keySet()) {
            if (key.startsWith(PREFIX) && !NAMES.contains(key.substring(PREFIX.length()))) {
                // Who misspells it would believe that it holds.
                throw ForebayException
                        .invalid("Validation error: metadata: " + key + " is unknown; there are "
                                + PREFIX + String.join(", " + PREFIX, NAMES));
            }
        }
        return new CollectionSettings(batchIngest(metadata), durability(metadata), readLevel(metadata),
                lagPolicy(metadata), bound(metadata, "lag_records_max"), bound(metadata, "lag_seconds_max"));
    }

    private static @Nullable Boolean batchIngest(Map<String, MetadataValue> metadata) {
        return switch (metadata.get(PREFIX + "batch_ingest")) {
            case null -> null;
            case MetadataValue.Bool flag -> (Boolean) flag.value();
            case MetadataValue.Str text when text.value().equals("true") -> Boolean.TRUE;
            case MetadataValue.Str text when text.value().equals("false") -> Boolean.FALSE;
            default -> throw refused("batch_ingest", "true or false");
        };
    }

    private static @Nullable Durability durability(Map<String, MetadataValue> metadata) {
        return switch (metadata.get(PREFIX + "durability")) {
            case null -> null;
            case MetadataValue.Str text when text.value().equals("os") -> Durability.OS;
            case MetadataValue.Str text when text.value().equals("sync") -> Durability.SYNC;
            default -> throw refused("durability", "os or sync");
        };
    }

    private static @Nullable ReadLevel readLevel(Map<String, MetadataValue> metadata) {
        MetadataValue value = metadata.get(PREFIX + "read_level");
        for (ReadLevel level : ReadLevel.values()) {
            if (value instanceof MetadataValue.Str text && text.value().equals(level.wireName())) {
                return level;
            }
        }
        if (value != null) {
            throw refused("read_level", "one of " + LEVELS);
        }
        return null;
    }

    private static @Nullable LagPolicy lagPolicy(Map<String, MetadataValue> metadata) {
        return switch (metadata.get(PREFIX + "lag_policy")) {
            case null -> null;
            case MetadataValue.Str text when text.value().equals("accept") -> LagPolicy.ACCEPT;
            case MetadataValue.Str text when text.value().equals("slow") -> LagPolicy.SLOW;
            case MetadataValue.Str text when text.value().equals("reject") -> LagPolicy.REJECT;
            default -> throw refused("lag_policy", "accept, slow or reject");
        };
    }

    private static @Nullable Long bound(Map<String, MetadataValue> metadata, String name) {
        return switch (metadata.get(PREFIX + name)) {
            case null -> null;
            case MetadataValue.Int number when number.value() >= 1 -> (Long) number.value();
            default -> throw refused(name, "a whole number from 1");
        };
    }

    private static ForebayException refused(String name, String wanted) {
        return ForebayException
                .invalid("Validation error: metadata: " + PREFIX + name + " must be " + wanted);
    }
}

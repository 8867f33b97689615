package io.forebay.client;

import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionSettings;
import io.forebay.model.HnswConfig;
import io.forebay.model.MetadataValue;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bodies that make a collection. */
final class CollectionBody {
    private CollectionBody() {}

    static Body create(String name, @Nullable Map<String, MetadataValue> metadata, CollectionConfig config,
            boolean getOrCreate) {
        JsonSink out = new JsonSink(512);
        out.raw("{\"name\":").string(name);
        if (metadata != null) {
            out.raw(",\"metadata\":");
            MetadataJson.write(metadata, out);
        }
        if (config.schemaJson() != null) {
            out.raw(",\"schema\":").raw(config.schemaJson());
            if (!config.settings().equals(CollectionSettings.NONE)) {
                // What Chroma's schema has no place for; the server puts both together.
                JsonSink settings = new JsonSink(128);
                settings(config.settings(), settings);
                Body fields = settings.body();
                String json = new String(fields.bytes(), 1, fields.length() - 1, StandardCharsets.UTF_8);
                out.raw(",\"configuration\":{").raw(json).ascii('}');
            }
        } else {
            configuration(config, out);
        }
        out.raw(",\"get_or_create\":").raw(getOrCreate ? "true" : "false");
        return out.ascii('}').body();
    }

    static Body fork(String name) {
        return new JsonSink(64 + name.length()).raw("{\"new_name\":").string(name).ascii('}').body();
    }

    /**
     * Without {@code num_threads} and {@code batch_size}: they are about the server's machine, not this
     * one.
     */
    private static void configuration(CollectionConfig config, JsonSink out) {
        HnswConfig hnsw = config.hnsw();
        out.raw(",\"configuration\":{\"hnsw\":{\"space\":").string(hnsw.space().wireName());
        out.raw(",\"ef_construction\":").number(hnsw.efConstruction());
        out.raw(",\"ef_search\":").number(hnsw.efSearch());
        out.raw(",\"max_neighbors\":").number(hnsw.maxNeighbors());
        out.raw(",\"sync_threshold\":").number(hnsw.syncThreshold());
        out.raw(",\"resize_factor\":").number(hnsw.resizeFactor()).ascii('}');
        if (config.embeddingFunctionJson() != null) {
            out.raw(",\"embedding_function\":").raw(config.embeddingFunctionJson());
        }
        settings(config.settings(), out);
        out.ascii('}');
    }

    private static void settings(CollectionSettings settings, JsonSink out) {
        if (settings.batchIngest() != null) {
            out.raw(",\"batch_ingest\":").raw(settings.batchIngest() ? "true" : "false");
        }
        if (settings.durability() != null) {
            out.raw(",\"durability\":").string(settings.durability().wireName());
        }
        if (settings.readLevel() != null) {
            out.raw(",\"read_level\":").string(settings.readLevel().wireName());
        }
        if (settings.lagPolicy() != null) {
            out.raw(",\"lag_policy\":").string(settings.lagPolicy().wireName());
        }
        if (settings.lagRecordsMax() != null) {
            out.raw(",\"lag_records_max\":").number(settings.lagRecordsMax());
        }
        if (settings.lagSecondsMax() != null) {
            out.raw(",\"lag_seconds_max\":").number(settings.lagSecondsMax());
        }
    }
}

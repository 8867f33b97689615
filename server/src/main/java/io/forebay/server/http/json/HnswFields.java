package io.forebay.server.http.json;

import io.forebay.model.ForebayException;
import io.forebay.model.HnswConfig;
import io.forebay.model.MetadataValue;
import io.forebay.model.Space;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a vector index that a request names, from any of the three places where Chroma takes them:
 * {@code configuration.hnsw}, the schema, and the legacy {@code hnsw:*} keys of the metadata (which is how langchain4j
 * and spring-ai ask for cosine). A field that was not named is null.
 */
final class HnswFields {
    /** Beyond these a request could take the memory of the server, or ask for a graph without edges. */
    private static final int NEIGHBORS_MIN = 2;
    private static final int NEIGHBORS_MAX = 2048;
    private static final int WIDTH_MAX = 100_000;

    @Nullable
    Space space;
    @Nullable
    Integer efConstruction;
    @Nullable
    Integer efSearch;
    @Nullable
    Integer maxNeighbors;
    @Nullable
    Integer numThreads;
    @Nullable
    Integer batchSize;
    @Nullable
    Integer syncThreshold;
    @Nullable
    Double resizeFactor;

    /** @param fixed whether space and ef_construction may be named, which they may only at creation */
    void read(JsonIn in, boolean fixed) throws IOException {
        in.object("struct HnswConfiguration", name -> {
            if (!field(in, name, fixed)) {
                throw in.shape("unknown field `" + name + "`, expected one of "
                        + (fixed ? "`space`, `ef_construction`, " : "") + "`ef_search`, `max_neighbors`,"
                        + " `num_threads`, `resize_factor`, `sync_threshold`, `batch_size`");
            }
            return true;
        });
        check("Validation error: configuration.hnsw.");
    }

    private boolean field(JsonIn in, String name, boolean fixed) throws IOException {
        boolean none = in.isNull();
        switch (name) {
            case "space" -> space = !fixed || none ? null : space(in);
            case "ef_construction" -> efConstruction = !fixed || none ? null : in.u32();
            case "ef_search" -> efSearch = none ? null : in.u32();
            case "max_neighbors" -> maxNeighbors = none ? null : in.u32();
            case "num_threads" -> numThreads = none ? null : in.u32();
            case "batch_size" -> batchSize = none ? null : in.u32();
            case "sync_threshold" -> syncThreshold = none ? null : in.u32();
            case "resize_factor" -> resizeFactor = none ? null : in.number();
            default -> {
                return false;
            }
        }
        return fixed || !name.equals("space") && !name.equals("ef_construction");
    }

    static Space space(JsonIn in) throws IOException {
        String name = in.string();
        Space space = parse(name);
        if (space == null) {
            throw in.shape("unknown variant `" + name + "`, expected one of `l2`, `cosine`, `ip`");
        }
        return space;
    }

    /** The legacy keys; they stay in the metadata too. */
    static HnswFields ofMetadata(Map<String, MetadataValue> metadata) {
        HnswFields fields = new HnswFields();
        if (metadata.get("hnsw:space") instanceof MetadataValue named) {
            Space space = named instanceof MetadataValue.Str text ? parse(text.value()) : null;
            if (space == null) {
                throw ForebayException.invalid(
                        "Validation error: metadata: hnsw:space must be one of l2, cosine, ip");
            }
            fields.space = space;
        }
        fields.efConstruction = legacyInt(metadata, "hnsw:construction_ef");
        fields.efSearch = legacyInt(metadata, "hnsw:search_ef");
        fields.maxNeighbors = legacyInt(metadata, "hnsw:M");
        fields.numThreads = legacyInt(metadata, "hnsw:num_threads");
        fields.batchSize = legacyInt(metadata, "hnsw:batch_size");
        fields.syncThreshold = legacyInt(metadata, "hnsw:sync_threshold");
        fields.resizeFactor = switch (metadata.get("hnsw:resize_factor")) {
            case null -> null;
            case MetadataValue.Float real -> (Double) real.value();
            case MetadataValue.Int whole -> (Double) (double) whole.value();
            default -> throw legacy("hnsw:resize_factor", "a number");
        };
        fields.check("Validation error: metadata: ");
        return fields;
    }

    private static @Nullable Integer legacyInt(Map<String, MetadataValue> metadata, String key) {
        return switch (metadata.get(key)) {
            case null -> null;
            case MetadataValue.Int whole when whole.value() >= 0 && whole.value() <= Integer.MAX_VALUE ->
                (int) whole
                        .value();
            default -> throw legacy(key, "a whole number from 0");
        };
    }

    private static ForebayException legacy(String key, String wanted) {
        return ForebayException.invalid("Validation error: metadata: " + key + " must be " + wanted);
    }

    private static @Nullable Space parse(String name) {
        for (Space space : Space.values()) {
            if (space.wireName().equals(name)) {
                return space;
            }
        }
        return null;
    }

    private void check(String prefix) {
        range(prefix + "max_neighbors", maxNeighbors, NEIGHBORS_MIN, NEIGHBORS_MAX);
        checkWidth(prefix + "ef_construction", efConstruction);
        checkWidth(prefix + "ef_search", efSearch);
    }

    static void checkWidth(String what, @Nullable Integer width) {
        range(what, width, 1, WIDTH_MAX);
    }

    private static void range(String what, @Nullable Integer value, int min, int max) {
        if (value != null && (value < min || value > max)) {
            throw ForebayException
                    .invalid(what + ": " + value + " is not in the range " + min + " to " + max);
        }
    }

    HnswConfig over(HnswConfig base) {
        return new HnswConfig(or(space, base.space()), or(efConstruction, base.efConstruction()),
                or(efSearch, base.efSearch()), or(maxNeighbors, base.maxNeighbors()),
                or(numThreads, base.numThreads()), or(batchSize, base.batchSize()),
                or(syncThreshold, base.syncThreshold()), or(resizeFactor, base.resizeFactor()));
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}

package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.CollectionConfig;
import io.forebay.model.ForebayException;
import io.forebay.model.HnswConfig;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What another server answers, Chroma's own or one of ours, read with the parser of our bodies: lists of collections, and
 * records straight into a batch that can be written. Fields that are not known are passed over.
 *
 * <p>Failure: as for bodies, with an exception that names the place.
 */
public final class AnswerDecoder {
    private AnswerDecoder() {}

    /** @param dimension 0 while it has none */
    public record Described(UUID id, String name, @Nullable Map<String, MetadataValue> metadata,
            CollectionConfig config, int dimension) {}

    /** @param key the field of each object that is wanted */
    public static List<String> names(JsonIn in, String key) throws IOException {
        List<String> names = new ArrayList<>();
        in.array("a sequence", () -> in.object("a map", field -> {
            if (field.equals(key)) {
                names.add(in.string());
                return true;
            }
            return false;
        }));
        return names;
    }

    public static List<Described> collections(JsonIn in) throws IOException {
        List<Described> all = new ArrayList<>();
        in.array("a sequence", () -> all.add(collection(in)));
        return all;
    }

    public static Described collection(JsonIn in) throws IOException {
        Description read = new Description(in);
        in.object("a collection", read::field);
        return read.described();
    }

    /** The ids of a get. */
    public static List<String> ids(JsonIn in) throws IOException {
        List<String> ids = new ArrayList<>();
        in.object("records", field -> {
            if (field.equals("ids")) {
                ids.addAll(in.strings());
                return true;
            }
            return false;
        });
        return ids;
    }

    /**
     * The records of a get with embeddings, as a batch that adds them.
     *
     * @throws ForebayException also when they make no batch: one without an embedding, with another dimension, without an id
     */
    public static RecordBatch batch(JsonIn in) throws IOException {
        RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
        in.object("records", field -> switch (field) {
            case "ids" -> {
                in.array("a sequence", () -> batch.id(in.string()));
                yield true;
            }
            case "embeddings" -> column(in, () -> {
                if (in.isNull()) {
                    batch.nullEmbedding();
                } else {
                    int count = in.floats();
                    batch.embedding(in.parser().floats(), count);
                }
            });
            case "documents" -> column(in, () -> batch.document(in.nullableString()));
            case "uris" -> column(in, () -> batch.uri(in.nullableString()));
            case "metadatas" -> column(in, () -> batch.metadata(metadata(in)));
            default -> false;
        });
        return batch.build();
    }

    /** The same one by one, whatever is wrong with them. */
    public static List<StoredRecord> records(JsonIn in) throws IOException {
        List<String> ids = new ArrayList<>();
        List<float @Nullable []> embeddings = new ArrayList<>();
        List<@Nullable String> documents = new ArrayList<>();
        List<@Nullable String> uris = new ArrayList<>();
        List<@Nullable Map<String, MetadataValue>> metadatas = new ArrayList<>();
        in.object("records", field -> switch (field) {
            case "ids" -> column(in, () -> ids.add(in.string()));
            case "embeddings" -> column(in, () -> embeddings.add(in.isNull() ? null : floats(in)));
            case "documents" -> column(in, () -> documents.add(in.nullableString()));
            case "uris" -> column(in, () -> uris.add(in.nullableString()));
            case "metadatas" -> column(in, () -> metadatas.add(metadata(in)));
            default -> false;
        });
        List<StoredRecord> records = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            records.add(new StoredRecord(ids.get(i), at(embeddings, i), at(metadatas, i), at(documents, i),
                    at(uris, i)));
        }
        return records;
    }

    /** Chroma answers null for a component that is no number, as where the length of a large vector overflows: NaN here. */
    private static float[] floats(JsonIn in) throws IOException {
        int count = in.parser().takeFloats();
        if (count >= 0) {
            in.next();
            return Arrays.copyOf(in.parser().floats(), count);
        }
        int[] read = new int[1];
        in.array("a sequence", () -> in.parser().putFloat(read[0]++, in.isNull() ? Float.NaN : in.float32()));
        return Arrays.copyOf(in.parser().floats(), read[0]);
    }

    private static <T> @Nullable T at(List<@Nullable T> column, int row) {
        return row < column.size() ? column.get(row) : null;
    }

    private static boolean column(JsonIn in, JsonIn.Element element) throws IOException {
        if (!in.isNull()) {
            in.array("a sequence", element);
        }
        return true;
    }

    private static @Nullable Map<String, MetadataValue> metadata(JsonIn in) throws IOException {
        if (in.isNull()) {
            return null;
        }
        Map<String, MetadataValue> metadata = MetadataDecoder.read(in, true);
        metadata.values().removeIf(MetadataValue.Null.class::isInstance);
        return metadata;
    }

    /** The fields of one collection. */
    private static final class Description {
        private final JsonIn in;
        private @Nullable UUID id;
        private String name = "";
        private @Nullable Map<String, MetadataValue> metadata;
        private int dimension;
        private @Nullable HnswFields hnsw;
        private @Nullable String embeddingFunctionJson;
        private final SettingsFields settings = new SettingsFields();
        private SchemaDecoder.@Nullable Read schema;

        Description(JsonIn in) {
            this.in = in;
        }

        boolean field(String field) throws IOException {
            switch (field) {
                case "id" -> id = UUID.fromString(in.string());
                case "name" -> name = in.string();
                case "metadata" -> metadata = AnswerDecoder.metadata(in);
                case "dimension" -> dimension = in.isNull() ? 0 : in.u32();
                case "schema" -> schema = in.isNull() ? null : SchemaDecoder.read(in);
                case "configuration_json" -> {
                    if (in.token() == JsonToken.START_OBJECT) {
                        in.object("a map", this::configuration);
                    }
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        private boolean configuration(String field) throws IOException {
            switch (field) {
                case "hnsw" -> {
                    if (!in.isNull()) {
                        hnsw = new HnswFields();
                        hnsw.read(in, true);
                    }
                }
                case "embedding_function" -> embeddingFunctionJson = in.isNull()
                        ? null
                        : EmbeddingFunction.read(in);
                default -> {
                    return settings.field(in, field);
                }
            }
            return true;
        }

        Described described() throws IOException {
            UUID known = id;
            if (known == null) {
                throw in.missing("id");
            }
            HnswConfig chosen = hnsw != null
                    ? hnsw.over(HnswConfig.DEFAULT)
                    : schema != null
                            ? schema.hnsw()
                            : metadata == null
                                    ? HnswConfig.DEFAULT
                                    : HnswFields.ofMetadata(metadata).over(HnswConfig.DEFAULT);
            String function = embeddingFunctionJson == null && schema != null
                    ? schema.embeddingFunctionJson()
                    : embeddingFunctionJson;
            CollectionConfig config = new CollectionConfig(chosen, function, null,
                    settings.over(null));
            return new Described(known, name, metadata,
                    new CollectionConfig(chosen, function, schemaJson(config), config.settings()), dimension);
        }

        /** Null when it only says what is so anyway: then everything is in the configuration. */
        private @Nullable String schemaJson(CollectionConfig config) throws IOException {
            CollectionSchema said = schema == null ? CollectionSchema.DEFAULT : schema.schema().essence();
            if (said.isDefault()) {
                return null;
            }
            String kept = Json.text(said::write);
            return Json.text(out -> SchemaEncoder.write(out, new CollectionConfig(config.hnsw(),
                    config.embeddingFunctionJson(), kept, config.settings()), Map.of()));
        }
    }
}

package io.forebay.client;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.MetadataValue;
import io.forebay.model.Space;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Collections as the server describes them. */
final class CollectionAnswers {
    private @Nullable UUID id;
    private String name = "";
    private String tenant = "";
    private String database = "";
    private @Nullable Map<String, MetadataValue> metadata;
    private Space space = Space.L2;
    private int dimension;

    private CollectionAnswers() {}

    static CollectionDescription one(Answer answer) {
        return AnswerReader.read(answer, CollectionAnswers::description);
    }

    static List<CollectionDescription> list(Answer answer) {
        return AnswerReader.read(answer, json -> Objects
                .requireNonNullElse(AnswerReader.list(json, CollectionAnswers::description), List.of()));
    }

    private static CollectionDescription description(JsonParser json) throws IOException {
        CollectionAnswers fields = new CollectionAnswers();
        AnswerReader.object(json, fields::field);
        if (fields.id == null) {
            throw new IOException("a collection without an id");
        }
        return new CollectionDescription(fields.id, fields.name, fields.tenant, fields.database,
                fields.metadata, fields.space, fields.dimension);
    }

    private void field(String field, JsonParser json) throws IOException {
        switch (field) {
            case "id" -> id = UUID.fromString(AnswerReader.requiredText(json));
            case "name" -> name = AnswerReader.requiredText(json);
            case "tenant" -> tenant = AnswerReader.requiredText(json);
            case "database" -> database = AnswerReader.requiredText(json);
            case "metadata" -> metadata = MetadataJson.read(json);
            case "dimension" ->
                dimension = json.currentToken() == JsonToken.VALUE_NULL ? 0 : json.getIntValue();
            case "configuration_json" -> AnswerReader.object(json, this::configuration);
            default -> json.skipChildren();
        }
    }

    private void configuration(String field, JsonParser json) throws IOException {
        if (field.equals("hnsw") && json.currentToken() == JsonToken.START_OBJECT) {
            AnswerReader.object(json, (name, value) -> {
                if (name.equals("space")) {
                    space = space(AnswerReader.requiredText(value));
                }
            });
        } else {
            json.skipChildren();
        }
    }

    private static Space space(String wireName) throws IOException {
        for (Space space : Space.values()) {
            if (space.wireName().equals(wireName)) {
                return space;
            }
        }
        throw new IOException("unknown space " + wireName);
    }
}

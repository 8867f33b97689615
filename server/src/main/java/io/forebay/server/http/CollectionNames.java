package io.forebay.server.http;

import io.forebay.engine.Forebay;
import io.forebay.model.ForebayException;
import io.forebay.server.http.route.Api;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The name of the collection that a path means by its id, for people who read a log. Nothing waits. */
record CollectionNames(Forebay engine) implements Function<Map<String, String>, @Nullable String> {
    @Override
    public @Nullable String apply(Map<String, String> variables) {
        UUID id = Api.idOf(variables.get("collection"));
        return id == null ? null : of(id);
    }

    /** Null when there is none, or none any more. */
    @Nullable
    String of(UUID id) {
        try {
            return engine.collection(id).name();
        } catch (ForebayException gone) {
            return null;
        }
    }
}

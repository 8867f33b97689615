package io.forebay.engine.history;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record in an answer; what was not asked for is null, a distance NaN. */
public record Seen(String id, Map<String, Long> metadata, String document, float @Nullable [] embedding,
        float distance) {}

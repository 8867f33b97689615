package io.forebay.server.binary;

import io.forebay.server.ops.Notes;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code CALL} led to, for the log: it has no frame of its own that would say so.
 *
 * @param method of HTTP
 * @param route  template of the path
 * @param plan   how a filter was evaluated, null for not
 * @param stages times of the stages of a read, null where there are none
 */
record Called(String method, String route, @Nullable String traceId, @Nullable String plan,
        @Nullable String stages, Notes notes) {}

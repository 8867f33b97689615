package io.forebay.server.ops;

import io.forebay.server.auth.Principal;
import org.jspecify.annotations.Nullable;

/**
 * A request that was answered, for the logs.
 *
 * @param method     of HTTP, or the type of a frame
 * @param route      template of the path, or what stands for it
 * @param requestId  the client's or ours
 * @param traceId    null for none
 * @param collection name of the one that the path names by its id; null for none
 * @param from       address of the client
 * @param plan       how a filter was evaluated, null for not
 * @param stages     times of the stages of a read, null where there are none
 */
public record Asked(String method, String route, String requestId, @Nullable String traceId,
        @Nullable String collection, Principal who, String from, int status, long nanos,
        @Nullable String plan, @Nullable String stages, Notes notes) {}

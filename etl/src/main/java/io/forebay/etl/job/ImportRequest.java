package io.forebay.etl.job;

import org.jspecify.annotations.Nullable;

/**
 * What a client asks for.
 *
 * @param connection name of an embedding connection; null for the default
 * @param model      null for the connection's own
 * @param message    of the commit
 * @param client     who asks, for the rate limit
 */
public record ImportRequest(String tenant, String database, String collection, JobSource source,
        @Nullable String connection, @Nullable String model, ImportSchema schema, OnDuplicate onDuplicate,
        @Nullable String message, @Nullable String author, String client) {}

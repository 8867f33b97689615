package io.forebay.etl.job;

import io.forebay.etl.embed.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for.
 *
 * @param connection name of an embedding connection; null for the default
 * @param model      null for the connection's own
 * @param message    of the commit
 * @param client     who asks, for the rate limit
 * @param trace      of the request, for services that are called
 */
public record ImportRequest(String tenant, String database, String collection, JobSource source,
        @Nullable String connection, @Nullable String model, ImportSchema schema, OnDuplicate onDuplicate,
        @Nullable String message, @Nullable String author, String client,
        TraceContext trace) {

    /** Of no trace. */
    public ImportRequest(String tenant, String database, String collection, JobSource source,
            @Nullable String connection, @Nullable String model, ImportSchema schema,
            OnDuplicate onDuplicate, @Nullable String message, @Nullable String author, String client) {
        this(tenant, database, collection, source, connection, model, schema, onDuplicate, message, author,
                client, TraceContext.NONE);
    }
}

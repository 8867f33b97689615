package io.forebay.etl.job;

import io.forebay.etl.embed.TraceContext;
import io.forebay.model.CollectionInfo;
import io.forebay.model.Space;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for.
 *
 * @param space      of the collection that is made; one that is there must have it. Null: the default, or whatever is there
 * @param connection name of an embedding connection; null for the default
 * @param model      null for the connection's own
 * @param message    of the commit
 * @param client     who asks, for the rate limit
 * @param trace      of the request, for services that are called
 */
public record ImportRequest(String tenant, String database, String collection, @Nullable Space space,
        JobSource source, @Nullable String connection, @Nullable String model, ImportSchema schema,
        OnDuplicate onDuplicate, @Nullable String message, @Nullable String author, String client,
        TraceContext trace) {

    /** Of no trace. */
    public ImportRequest(String tenant, String database, String collection, @Nullable Space space,
            JobSource source, @Nullable String connection, @Nullable String model, ImportSchema schema,
            OnDuplicate onDuplicate, @Nullable String message, @Nullable String author, String client) {
        this(tenant, database, collection, space, source, connection, model, schema, onDuplicate, message,
                author, client, TraceContext.NONE);
    }

    /** Why it cannot go into a collection that is there; null where it can. */
    public @Nullable String differenceTo(CollectionInfo there) {
        Space its = there.config().hnsw().space();
        return space == null || space == its
                ? null
                : "the collection " + there.name() + " is there and has space " + its.wireName() + ", not "
                        + space.wireName();
    }
}

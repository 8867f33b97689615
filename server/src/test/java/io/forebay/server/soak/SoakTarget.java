package io.forebay.server.soak;

import io.forebay.client.CollectionClient;
import io.forebay.client.Filter;
import io.forebay.client.WriteSettings;
import io.forebay.engine.history.Target;
import io.forebay.model.CollectionConfig;
import io.forebay.model.DeleteRequest;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Hit;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import io.forebay.model.Where;
import io.forebay.server.http.HttpTarget;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A collection of a server that is killed now and then. A write has an idempotency key and is sent again until it is
 * answered, so that of every write the seqIds are known; a read that breaks is given up. One thread.
 */
final class SoakTarget implements Target {
    private final SoakServer server;
    private final String name;
    private SoakServer.Life life;
    private CollectionClient collection;
    private long retries;

    SoakTarget(SoakServer server, String name) {
        this.server = server;
        this.name = name;
    }

    /** How often a write was sent again. */
    long retries() {
        return retries;
    }

    /** Of whichever life, until the server answers. */
    <T> T persistently(Supplier<T> call) {
        while (true) {
            try {
                return call.get();
            } catch (ForebayException failure) {
                if (!isBroken(failure)) {
                    throw failure;
                }
                retries++;
                if (!now().process().isAlive()) {
                    life = server.after(life);
                    collection = null;
                }
            }
        }
    }

    private SoakServer.Life now() {
        SoakServer.Life current = server.now();
        if (life != current) {
            life = current;
            collection = null;
        }
        return life;
    }

    static boolean isBroken(ForebayException failure) {
        return failure.code() == ErrorCode.UNAVAILABLE
                && String.valueOf(failure.getMessage())
                        .matches("(?s)(cannot connect|the connection|this client is closed).*")
                || failure.code() == ErrorCode.INTERNAL
                        && String.valueOf(failure.getMessage()).startsWith("the client failed");
    }

    CollectionClient collection() {
        now();
        if (collection == null) {
            collection = life.client().getOrCreateCollection(name, CollectionConfig.DEFAULT);
        }
        return collection;
    }

    @Override
    public int life() {
        return persistently(() -> {
            collection();
            return life.number();
        });
    }

    @Override
    public Acked write(RecordBatch batch) {
        WriteSettings once = WriteSettings.DEFAULT.withIdempotencyKey(UUID.randomUUID().toString());
        return persistently(() -> HttpTarget.acked(collection().write(batch, once)));
    }

    @Override
    public Acked delete(List<String> ids) {
        WriteSettings once = WriteSettings.DEFAULT.withIdempotencyKey(UUID.randomUUID().toString());
        DeleteRequest request = new DeleteRequest(ids, null, null);
        return persistently(() -> HttpTarget.acked(collection().delete(request, Filter.NONE, once)));
    }

    /** In the life that was asked for last, and no other. */
    private <T> T once(Function<CollectionClient, T> read) {
        try {
            return read.apply(collection);
        } catch (ForebayException failure) {
            if (isBroken(failure)) {
                throw new BrokenException(failure);
            }
            throw failure;
        }
    }

    @Override
    public List<StoredRecord> get(GetRequest request, ReadOptions read) {
        return once(docs -> docs.get(request, Filter.NONE, read));
    }

    @Override
    public long count(List<String> ids, Where where, ReadOptions read) {
        return once(docs -> HttpTarget.count(docs, ids, where, read));
    }

    @Override
    public List<Hit> query(QueryRequest request, ReadOptions read) {
        return once(docs -> docs.query(request, Filter.NONE, read)).get(0);
    }
}

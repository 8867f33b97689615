package io.forebay.engine;

import io.forebay.index.record.BatchKey;
import io.forebay.model.RecordBatch;
import io.forebay.wal.WalEntry;
import io.forebay.wal.WalReader;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log once at start and puts back in the queues what was acked (or at least appended) and not yet applied;
 * makes the table of idempotency keys again of what RocksDB and the log have. Runs alone, before any other thread of the
 * store.
 *
 * <p>What recovery kept of the log was synced by it, so every range may be applied at once. An entry that was appended
 * and never acked comes back whole, as one that was acked does: the client that never got its answer may find it there.
 */
final class Replay {
    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

    private final Store store;
    private long entries;
    private long queued;
    /** Of rows, and of entries that are not applied yet. */
    private final List<BatchKey> keys = new ArrayList<>();

    Replay(Store store) {
        this.store = store;
    }

    void run() {
        store.records.readKeys(keys::add);
        try (WalReader reader = store.wal.reader()) {
            reader.seekSeqId(0);
            for (WalEntry entry = reader.next(); entry != null; entry = reader.next()) {
                entries++;
                switch (entry.header().type()) {
                    case CatalogService.ENTRY_CATALOG -> takeChange(entry);
                    case CatalogService.ENTRY_BATCH -> queue(entry);
                    default ->
                        throw new IllegalStateException("entry " + entry.minSeqId() + " of the log has type "
                                + entry.header().type() + ", which this version does not know");
                }
            }
        }
        keys.removeIf(key -> store.catalog.byNumber(key.collection()) == null);
        store.keys.restore(keys);
        if (entries > 0) {
            LOG.info("log replayed: {} entries, {} batches to apply again", entries, queued);
        }
    }

    private void takeChange(WalEntry entry) {
        byte[] payload = new byte[entry.payload().remaining()];
        entry.payload().get(payload);
        List<CatalogChange> changes = CatalogCodec.decode(payload);
        if (entry.maxSeqId() > store.records.catalogSeqId()) {
            store.changes.take(changes, entry.maxSeqId());
        } else {
            store.changes.forks().note(changes, entry.maxSeqId());
        }
    }

    private void queue(WalEntry entry) {
        CollectionRuntime runtime = store.catalog.byNumber(entry.header().collection());
        if (runtime == null || WritePath.incarnation(runtime.info()) != entry.header().incarnation()) {
            store.skippedEntries.incrementAndGet();
            return;
        }
        if (entry.maxSeqId() <= runtime.applied.position()) {
            return;
        }
        int bytes = entry.payload().remaining();
        decideDimension(runtime, entry);
        runtime.appended(new Range(entry.minSeqId(), entry.maxSeqId(), entry.position(), true, bytes,
                entry.header().records(), entry.appendTimeMillis()));
        runtime.acked(entry.maxSeqId());
        store.backlog.appended(bytes);
        queued++;
        // It may write a dead letter again, and did not get so far as to be applied.
        runtime.letters.retrying(entry.header().batchIdHash());
        BatchKey key = RequestKey.ofEntry(entry);
        if (key != null) {
            keys.add(key);
        }
    }

    private static void decideDimension(CollectionRuntime runtime, WalEntry entry) {
        try {
            RecordBatch batch = RecordBatch.wrap(entry.payload());
            if (WritePath.decidesDimension(runtime.info(), batch)) {
                runtime.info(runtime.info().withDimension(batch.dimension()));
            }
        } catch (IllegalArgumentException malformed) {
            LOG.warn(
                    "collection {}: the entry with seqIds [{}, {}] is malformed; its indexer will set it aside",
                    runtime.number, entry.minSeqId(), entry.maxSeqId());
        }
    }
}

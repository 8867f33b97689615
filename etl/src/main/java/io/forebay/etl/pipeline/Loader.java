package io.forebay.etl.pipeline;

import io.forebay.etl.commit.CommitDraft;
import io.forebay.etl.commit.RowChange;
import io.forebay.etl.commit.RowState;
import io.forebay.etl.job.OnDuplicate;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Include;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.StoredRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of chunks, in their order, into the collection.
 *
 * <p>A new row is added (ADD leaves alone what somebody else wrote meanwhile under its id); a row that is other than before
 * is upserted so that nothing of what was remains. Rows of one id in a chunk are written one after the other, as if they
 * were of several chunks.
 *
 * <p>What is written is described in {@link Written}, for the commit and the checkpoint, which the caller writes at once.
 *
 * <p>Threads: one. The draft is shared with the transformers, under its lock.
 */
final class Loader {
    private final EngineWriter writer;
    private final CommitDraft draft;
    private final OnDuplicate onDuplicate;
    private final int batchSize;
    private final String keyPrefix;
    private int writes;

    /** What became of a chunk. */
    static final class Written {
        final List<RowChange> changes = new ArrayList<>();
        long inserted;
        long updated;
        long skipped;
        EngineWriter.Logged logged = EngineWriter.Logged.NOTHING;
    }

    Loader(EngineWriter writer, CommitDraft draft, OnDuplicate onDuplicate, int batchSize,
            String keyPrefix) {
        this.writer = writer;
        this.draft = draft;
        this.onDuplicate = onDuplicate;
        this.batchSize = batchSize;
        this.keyPrefix = keyPrefix;
    }

    /** Whether a row needs nothing, by what is known of its id. */
    static boolean isSettled(OnDuplicate onDuplicate, Row row, @Nullable RowState known) {
        return known != null
                && (onDuplicate == OnDuplicate.SKIP || Arrays.equals(known.sourceHash(), row.sourceHash));
    }

    /**
     * Rows that cannot be loaded get an error. Rows without a vector must be settled ones.
     *
     * @param written is told of each write when it is acknowledged, so also of those before one that fails
     */
    void load(Chunk chunk, Written written) throws StoppedException, InterruptedException {
        writes = 0;
        List<Row> rest = new ArrayList<>(chunk.rows.stream().filter(row -> row.error == null).toList());
        Map<String, RowState> known = new HashMap<>(find(rest));
        while (!rest.isEmpty()) {
            List<Row> added = new ArrayList<>();
            List<Row> changed = new ArrayList<>();
            List<Row> later = new ArrayList<>();
            Set<String> taken = new HashSet<>();
            for (Row row : rest) {
                RowState state = known.get(row.id);
                if (taken.contains(row.id)) {
                    later.add(row);
                } else if (isSettled(onDuplicate, row, state)) {
                    written.skipped++;
                } else {
                    taken.add(row.id);
                    (state == null ? added : changed).add(row);
                    known.put(row.id, new RowState(row.sourceHash, row.sourceHash));
                }
            }
            write(chunk, Operation.ADD, added, written);
            write(chunk, Operation.UPSERT, changed, written);
            rest = later;
        }
    }

    /** Which of the rows, one after the other, will be written, given what is known of their ids. */
    static List<Row> toWrite(OnDuplicate onDuplicate, List<Row> rows, Map<String, RowState> known) {
        Map<String, RowState> now = new HashMap<>(known);
        List<Row> chosen = new ArrayList<>();
        for (Row row : rows) {
            if (row.error == null && !isSettled(onDuplicate, row, now.get(row.id))) {
                chosen.add(row);
                now.put(row.id, new RowState(row.sourceHash, row.sourceHash));
            }
        }
        return chosen;
    }

    private Map<String, RowState> find(List<Row> rows) {
        synchronized (draft) {
            return draft.find(rows.stream().map(row -> row.id).distinct().toList());
        }
    }

    private void write(Chunk chunk, Operation operation, List<Row> rows, Written written)
            throws StoppedException, InterruptedException {
        for (int from = 0; from < rows.size(); from += batchSize) {
            List<Row> part = rows.subList(from, Math.min(rows.size(), from + batchSize));
            Map<String, StoredRecord> before = operation == Operation.UPSERT ? current(part) : Map.of();
            batch(chunk, operation, part, before, written);
        }
    }

    /** By halves, where the engine refuses it: rows that it refuses alone fail. */
    private void batch(Chunk chunk, Operation operation, List<Row> rows, Map<String, StoredRecord> before,
            Written written) throws StoppedException, InterruptedException {
        String key = keyPrefix + chunk.firstOrdinal + "-" + chunk.nextOrdinal + "-" + writes++;
        try {
            List<String> emptied = emptied(rows, before);
            if (!emptied.isEmpty()) {
                written.logged = written.logged.and(writer.delete(emptied, key + "d"));
            }
            written.logged = written.logged.and(writer.write(records(operation, rows, before), key));
        } catch (ForebayException refused) {
            if (refused.code() == ErrorCode.NOT_FOUND || refused.code() == ErrorCode.INTERNAL) {
                throw refused;
            }
            if (rows.size() > 1) {
                int half = rows.size() / 2;
                batch(chunk, operation, rows.subList(0, half), before, written);
                batch(chunk, operation, rows.subList(half, rows.size()), before, written);
            } else {
                rows.getFirst().error = String.valueOf(refused.getMessage());
            }
            return;
        }
        for (Row row : rows) {
            written.changes.add(new RowChange(row.id, stored(row), row.sourceHash));
        }
        if (operation == Operation.ADD) {
            written.inserted += rows.size();
        } else {
            written.updated += rows.size();
        }
    }

    private static StoredRecord stored(Row row) {
        return new StoredRecord(row.id, row.embedding, row.metadata.isEmpty() ? null : row.metadata, row.text,
                null);
    }

    /** What is there under these ids now, without the vectors. */
    private Map<String, StoredRecord> current(List<Row> rows) throws StoppedException, InterruptedException {
        GetRequest request = new GetRequest(rows.stream().map(row -> row.id).toList(), null, null, 0,
                EnumSet.of(Include.METADATAS, Include.DOCUMENTS, Include.URIS));
        Map<String, StoredRecord> found = new HashMap<>();
        writer.get(request).forEach(one -> found.put(one.id(), one));
        return found;
    }

    /** An upsert can take away no document and no uri: those that must lose one are removed before. */
    private static List<String> emptied(List<Row> rows, Map<String, StoredRecord> before) {
        List<String> ids = new ArrayList<>();
        for (Row row : rows) {
            StoredRecord was = before.get(row.id);
            if (was != null && (was.uri() != null || was.document() != null && row.text == null)) {
                ids.add(row.id);
            }
        }
        return ids;
    }

    private static RecordBatch records(Operation operation, List<Row> rows,
            Map<String, StoredRecord> before) {
        RecordBatchBuilder builder = RecordBatch.builder(operation);
        for (Row row : rows) {
            builder.record(row.id, row.embedding, row.text, replacing(row.metadata, before.get(row.id)),
                    null);
        }
        return builder.build();
    }

    /** With a null for each key that must go. */
    private static @Nullable Map<String, MetadataValue> replacing(Map<String, MetadataValue> metadata,
            @Nullable StoredRecord before) {
        if (before == null || before.metadata() == null) {
            return metadata.isEmpty() ? null : metadata;
        }
        Map<String, MetadataValue> change = new LinkedHashMap<>(metadata);
        new TreeMap<>(before.metadata()).keySet().forEach(key -> change.putIfAbsent(key, MetadataValue.NULL));
        return change;
    }
}

package io.forebay.engine;

import io.forebay.engine.snapshot.BackupPart;
import io.forebay.engine.snapshot.Snapshot;
import io.forebay.engine.snapshot.Snapshot.Item;
import io.forebay.engine.snapshot.Staging;
import io.forebay.index.record.RecordStore;
import io.forebay.index.vector.SegmentPieces;
import io.forebay.wal.Wal;
import io.forebay.wal.WalPiece;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Takes the store's files of one moment, while everybody writes: gives them second names in a directory beside them.
 *
 * <p>Order: other parts' copies, so that the engine is ahead of them; the stored graphs, as for a fork; a checkpoint of
 * RocksDB, which decides what is applied; the blocks of vectors, which have all that it speaks of, and may have more; the
 * log, which has all that is above. So the result is what a crash would leave, and whoever opens it recovers.
 *
 * <p>Meanwhile no checkpoint is made, so no extent is purged and no block reclaimed; nothing of dropped collections is
 * removed (the log may be cut before the drop); and no fork is in the middle, which has rows before it is logged. The locks
 * are taken in this order, before any other of the engine: forks, removals, checkpoint. Writers, readers and indexers go on.
 *
 * <p>Threads: any, one at a time; it waits for the disk. Failure: an exception; the names made so far are its caller's to
 * remove.
 */
final class Snapshotting {
    private final Store store;

    Snapshotting(Store store) {
        this.store = store;
    }

    Snapshot take(Path directory, List<BackupPart> parts) {
        List<Item> items = new ArrayList<>();
        Staging staging = new Staging(directory, items);
        for (BackupPart part : parts) {
            Path made = staging.directory(part.path());
            part.checkpoint(made);
            staging.database(part.path());
        }
        long beforeSeqId = parts.isEmpty() ? 0 : store.wal.lastSeqId();
        return store.forking.between(
                () -> store.removals.between(
                        () -> store.checkpointer.between(() -> take(staging, items, beforeSeqId))));
    }

    private Snapshot take(Staging staging, List<Item> items, long beforeSeqId) {
        for (int number : store.segments.numbers()) {
            String path = "vectors/" + number;
            SegmentPieces.graph(store.segments.path(number)).forEach(it -> staging.link(path, it));
        }
        RecordStore records = store.records;
        // Before the checkpoint, which brings rows and positions to disk: what is read behind it may be lost in a crash.
        Map<Integer, Integer> flushed = new HashMap<>();
        store.segments.numbers().forEach(number -> flushed.put(number, records.state(number).ordinals()));
        store.checkpointer.checkpoint(staging.directory("records"));
        staging.database("records");
        long from = Math.max(beforeSeqId, records.catalogSeqId());
        for (CollectionRuntime runtime : store.everyRuntime()) {
            // Not what is published: RocksDB may have more.
            from = Math.max(from, records.state(runtime.number).appliedSeqId());
        }
        for (int number : store.segments.numbers()) {
            int ordinals = records.state(number).ordinals();
            SegmentPieces.vectors(store.segments.path(number), flushed.getOrDefault(number, 0), ordinals)
                    .forEach(it -> staging.link("vectors/" + number, it));
        }
        long to = log(staging);
        staging.rootFiles(store.directory);
        return new Snapshot(List.copyOf(items), from, Math.max(from, to), store.changes.forks().seqIds());
    }

    private long log(Staging staging) {
        Wal wal = store.wal;
        long last = 0;
        for (WalPiece piece : wal.pieces()) {
            Path directory = Objects.requireNonNull(piece.file().getParent());
            staging.extent("wal/" + directory.getFileName(), piece);
            last = Math.max(last, piece.lastSeqId());
        }
        wal.purgedMarks().forEach(mark -> staging.link("wal", mark));
        return last;
    }
}

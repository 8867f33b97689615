package io.forebay.engine.check;

import io.forebay.engine.CatalogView;
import io.forebay.engine.StoreDirectory;
import io.forebay.engine.manifest.ManifestException;
import io.forebay.engine.manifest.StoreManifest;
import io.forebay.engine.manifest.StoreUpgrade;
import io.forebay.index.record.RecordInspector;
import io.forebay.index.record.RecordInspector.Looked;
import io.forebay.index.record.RecordStoreException;
import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.Finding;
import io.forebay.model.ForebayException;
import io.forebay.wal.WalException;
import io.forebay.wal.WalHold;
import io.forebay.wal.WalTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at all of a store that is not running: manifest, log, RocksDB's files, catalog, records with ids, documents and
 * postings, vectors, graphs. Writes nothing, also no lock file; holds the store's lock to look, so no start and no
 * tool changes it meanwhile. A copy may have no lock file: then a start is not held off, but found at the end.
 *
 * <p>Memory: some 30 MiB, three bits a record of the largest collection, and its graph.
 *
 * <p>Threads: one. Failure: {@link ForebayException} (UNAVAILABLE) when it cannot look: no store, half a restore, in
 * use, of a newer Forebay. What is wrong inside is a finding.
 */
public final class StoreCheck {
    private final Path store;
    private final FindingLimit out;
    private final Consumer<String> stage;
    private int format;
    private long tableFiles;
    private long collections;
    private long recordCount;
    private long documents;
    private long pairs;
    private long grams;

    private StoreCheck(Path store, Consumer<Finding> out, Consumer<String> stage) {
        this.store = store;
        this.out = new FindingLimit(out);
        this.stage = stage;
    }

    /**
     * What else of the store is to be looked at while it is held; findings go to the consumer, the number of files
     * comes back.
     */
    @FunctionalInterface
    public interface Beside {
        long look(Path store, Consumer<Finding> out);
    }

    /**
     * Looks at everything.
     *
     * @param stage is told what comes next, for who watches
     */
    public static CheckReport run(Path store, Consumer<Finding> out, Consumer<String> stage, Beside beside) {
        return new StoreCheck(store, out, stage).run(beside);
    }

    private CheckReport run(Beside beside) {
        boolean isStore = Files.exists(store.resolve("records")) || Files.isDirectory(store.resolve("wal"))
                || Files.exists(store.resolve(StoreManifest.FILE));
        if (!isStore) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, "there is no store in " + store);
        }
        StoreDirectory.refuseUnfinished(store);
        manifest();
        try (WalHold hold = WalTools.holdToLook(store.resolve("wal"))) {
            rights();
            if (!hold.isHeld()) {
                out.accept(Finding.note("no-lock", "log", "it has no file LOCK")
                        .means("a server that is started meanwhile is not held off"));
            }
            LogCheck log;
            VectorLook vectors = new VectorLook(store.resolve("vectors"), out);
            try (RecordInspector records = records()) {
                log = new LogCheck(out, number -> records == null ? 0 : applied(records, number));
                stage.accept("log");
                log.run(store.resolve("wal"));
                if (records != null) {
                    parts(records, log, vectors);
                }
            }
            stage.accept("imports");
            tableFiles += beside.look(store, out);
            startedMeanwhile(hold);
            out.end();
            return new CheckReport(format, log.extents, log.entries, log.nextSeqId, log.pending(), tableFiles,
                    collections, recordCount, documents, pairs, grams, vectors.checked, vectors.graphNodes,
                    out.damages(), out.notes());
        } catch (WalException refused) {
            throw unavailable(String.valueOf(refused.getMessage()), refused);
        }
    }

    private static long applied(RecordInspector records, int number) {
        if (number != LogCheck.CATALOG) {
            return records.appliedSeqId(number);
        }
        try {
            return records.catalogSeqId();
        } catch (RecordStoreException unreadable) {
            return 0; // reading the catalog itself says so
        }
    }

    private void startedMeanwhile(WalHold hold) {
        if (!hold.isHeld() && WalTools.hasLock(store.resolve("wal"))) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, store
                    + " was opened while it was looked at: stop whatever has it open, and look again");
        }
    }

    private static ForebayException unavailable(String message, RuntimeException cause) {
        return new ForebayException(ErrorCode.UNAVAILABLE, message, cause);
    }

    private void manifest() {
        stage.accept("manifest");
        try {
            StoreManifest found = StoreUpgrade.readable(store);
            format = found == null ? 0 : found.format();
            if (found == null) {
                out.accept(Finding.note("no-manifest", "manifest", "the store has no file STORE")
                        .means("a Forebay made it that wrote none; the next start writes it"));
            }
        } catch (ManifestException refused) {
            if (refused.reason() != ManifestException.Reason.DAMAGED) {
                throw unavailable(String.valueOf(refused.getMessage()), refused);
            }
            out.accept(Finding.damage("manifest", "manifest", String.valueOf(refused.getMessage()))
                    .means("the store does not start"));
        }
    }

    private void rights() {
        try {
            if (StoreDirectory.isOpenToOthers(store)) {
                out.accept(
                        Finding.note("open-to-others", "directory", "other users of this machine can read it")
                                .at(store).todo("chmod -R go= " + store));
            }
        } catch (IOException e) {
            out.accept(Finding.note("rights", "directory", "its modes cannot be read: " + e).at(store));
        }
    }

    /** Null when they cannot be opened, or there are none yet. */
    private @Nullable RecordInspector records() {
        Path directory = store.resolve("records");
        if (!Files.exists(directory)) {
            out.accept(Finding.note("no-records", "records", "there are no records yet")
                    .means("the first start of the store did not come to its end"));
            return null;
        }
        try {
            return RecordInspector.open(directory);
        } catch (RecordStoreException refused) {
            if (String.valueOf(refused.getMessage()).contains("written by a newer Forebay")) {
                throw unavailable(String.valueOf(refused.getMessage()), refused);
            }
            out.accept(
                    Finding.damage("records", "records", String.valueOf(refused.getMessage())).at(directory)
                            .means("the store does not start").todo(Finding.FROM_BACKUP));
            return null;
        }
    }

    private void parts(RecordInspector records, LogCheck log, VectorLook vectors) {
        stage.accept("files of the records");
        tableFiles += records.files(out);
        CatalogView catalog = catalog(records);
        Map<Integer, CollectionInfo> byNumber = new HashMap<>();
        catalog.collections().forEach(info -> byNumber.put(info.number(), info));
        out.names(number -> {
            CollectionInfo info = byNumber.get(number);
            return info == null ? null : info.name();
        });
        collections = byNumber.size();
        TreeSet<Integer> numbers = new TreeSet<>(records.numbers(out));
        int done = 0;
        for (int number : numbers) {
            CollectionInfo info = byNumber.get(number);
            stage.accept(
                    "collection " + number + (info == null ? "" : " (" + info.name() + ")") + ", " + ++done
                            + " of " + numbers.size());
            if (info == null) {
                out.accept(Finding.note("leftover", "records", "there are rows of collection " + number
                        + ", which does not exist")
                        .means("a drop or a fork was interrupted; the next start removes them"));
            } else if (log.drops(number)) {
                out.accept(Finding.note("dropped", "catalog", "the log drops it").in(number)
                        .means("the next start removes what is left of it"));
            } else {
                collection(info, records, log, vectors);
            }
        }
        vectors.leftovers(byNumber.keySet());
        log.end(LogCheck.CATALOG, applied(records, LogCheck.CATALOG));
        log.waiting(number -> number == LogCheck.CATALOG || byNumber.containsKey(number)
                || number >= catalog.nextNumber());
    }

    private CatalogView catalog(RecordInspector records) {
        try {
            return CatalogView.of(records.catalog(), out);
        } catch (RecordStoreException unreadable) {
            out.accept(Finding.damage("catalog", "catalog", String.valueOf(unreadable.getMessage()))
                    .means("the store does not start").todo(Finding.FROM_BACKUP));
            return new CatalogView(List.of(), Set.of(), 0);
        }
    }

    private void collection(CollectionInfo info, RecordInspector records, LogCheck log, VectorLook vectors) {
        Looked looked = records.collection(info.number(), out);
        recordCount += looked.live().getLongCardinality();
        documents += looked.documents();
        pairs += looked.pairs();
        grams += looked.grams();
        log.end(info.number(), looked.state().appliedSeqId());
        vectors.collection(info, looked, records);
    }
}

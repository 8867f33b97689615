package io.forebay.engine.check;

import io.forebay.engine.StoreDirectory;
import io.forebay.engine.CatalogView;
import io.forebay.engine.manifest.ManifestException;
import io.forebay.engine.manifest.StoreUpgrade;
import io.forebay.index.record.RecordRebuild;
import io.forebay.index.record.RecordStoreException;
import io.forebay.index.vector.SegmentFiles;
import io.forebay.model.CollectionInfo;
import io.forebay.model.ErrorCode;
import io.forebay.model.Finding;
import io.forebay.model.ForebayException;
import io.forebay.wal.WalException;
import io.forebay.wal.WalHold;
import io.forebay.wal.WalTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Derives again, in a stopped store, what follows from the rest: ids, counts, documents nobody has and postings from the
 * records, graphs from the vectors. Records, documents and vectors themselves follow from nothing.
 *
 * <p>Threads: one; graphs are built with all cores. Holds the store's lock.
 *
 * <p>Crash-safe: each step leaves what it replaced or what it made, or a mark by which the next start does the rest; run
 * again it does the same. Failure: {@link ForebayException} (UNAVAILABLE).
 */
public final class StoreRebuild implements AutoCloseable {
    /** What can be derived; each after those that it follows from. */
    public enum What {
        /** How many records there are, and the next row. */
        COUNTS,
        /** Which row an id leads to. */
        IDS,
        /** Documents of rows that do not exist are removed. */
        DOCUMENTS,
        /** Of metadata, sparse vectors and documents' trigrams. */
        POSTINGS,
        /** Of vectors. */
        GRAPH;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Path store;
    private final WalHold hold;
    private final RecordRebuild records;

    private StoreRebuild(Path store, WalHold hold, RecordRebuild records) {
        this.store = store;
        this.hold = hold;
        this.records = records;
    }

    /** @param damagedPostings tables of the postings are damaged: those of all collections are to be derived */
    public static StoreRebuild open(Path store, boolean damagedPostings) {
        StoreDirectory.refuseUnfinished(store);
        if (!Files.exists(store.resolve("records").resolve("CURRENT"))) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, "there is no store in " + store
                    + ", or its records cannot be opened: run forebay check");
        }
        try {
            StoreUpgrade.refuseNewer(store);
            WalHold hold = WalTools.hold(store.resolve("wal"));
            try {
                if (damagedPostings) {
                    RecordRebuild.forgetPostings(store.resolve("records"));
                }
                return new StoreRebuild(store, hold, RecordRebuild.open(store.resolve("records")));
            } catch (RuntimeException refused) {
                hold.close();
                throw refused;
            }
        } catch (WalException | ManifestException | RecordStoreException refused) {
            throw new ForebayException(ErrorCode.UNAVAILABLE, String.valueOf(refused.getMessage()), refused);
        }
    }

    /** By number. */
    public List<CollectionInfo> collections() {
        return CatalogView.of(records.catalog(), finding -> {}).collections();
    }

    /** What the findings of a check ask for; in order. */
    public static Set<What> wanted(Iterable<Finding> findings) {
        Set<What> wanted = EnumSet.noneOf(What.class);
        for (Finding finding : findings) {
            String rebuild = finding.rebuild();
            if (rebuild != null) {
                wanted.add(What.valueOf(rebuild.toUpperCase(Locale.ROOT)));
            }
        }
        return wanted;
    }

    /** Whether what a check found asks for {@link #open} with the postings taken away. */
    public static boolean hasDamagedPostings(Iterable<Finding> findings) {
        for (Finding finding : findings) {
            if (finding.code().equals("table-file") && What.POSTINGS.word().equals(finding.rebuild())) {
                return true;
            }
        }
        return false;
    }

    /** Derives these of one collection; says in a line what came of each. */
    public void rebuild(CollectionInfo info, Set<What> what, Consumer<String> said) {
        for (What each : EnumSet.copyOf(what)) {
            try {
                said.accept(derived(info, each));
            } catch (RuntimeException failure) {
                // Whatever a damaged value makes of its reader.
                throw new ForebayException(ErrorCode.UNAVAILABLE, "the " + each.word() + " of collection "
                        + info.number() + " (" + info.name() + ") cannot be derived: " + failure.getMessage()
                        + "; what they follow from is damaged too: see forebay check", failure);
            }
        }
    }

    private String derived(CollectionInfo info, What what) {
        int number = info.number();
        return switch (what) {
            case COUNTS -> "counts: " + records.counts(number, SegmentFiles.room(vectors(number)))
                    + " records";
            case IDS -> "ids: " + records.ids(number);
            case DOCUMENTS -> "documents: " + records.orphanDocuments(number) + " of no record removed";
            case POSTINGS -> "postings: of " + records.postings(number) + " records";
            case GRAPH -> "graph: " + graph(info);
        };
    }

    private String graph(CollectionInfo info) {
        int ordinals = records.state(info.number()).ordinals();
        if (ordinals == 0 || info.dimension() == 0) {
            return "no vectors";
        }
        return SegmentFiles.buildGraph(vectors(info.number()), CatalogView.vectors(info), ordinals,
                records.liveOrdinals(info.number())) + " vectors";
    }

    private Path vectors(int number) {
        return store.resolve("vectors").resolve(Integer.toString(number));
    }

    /** All of them, for a command line. */
    public static List<String> words() {
        List<String> words = new ArrayList<>();
        for (What each : What.values()) {
            words.add(each.word());
        }
        return words;
    }

    /** Everything that was derived is on disk when it returns. */
    @Override
    public void close() {
        try {
            records.close();
        } finally {
            hold.close();
        }
    }
}

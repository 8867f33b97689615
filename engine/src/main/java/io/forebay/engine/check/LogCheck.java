package io.forebay.engine.check;

import io.forebay.model.Finding;
import io.forebay.wal.WalException;
import io.forebay.wal.WalExtentInfo;
import io.forebay.wal.WalFrame;
import io.forebay.wal.WalScan;
import io.forebay.wal.WalTools;
import io.forebay.engine.CatalogEntries;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.IntToLongFunction;

/**
 * The log of a stopped store: all frames and their chain, and whether it goes on from what is applied. Reads each
 * extent once, mapped; holds a number per collection.
 *
 * <p>Not thread-safe; used once.
 */
final class LogCheck {
    /** The number under which the log has the changes of the catalog; findings of it are of no collection. */
    static final int CATALOG = 0;
    private static final String PART = "log";

    private final Consumer<Finding> out;
    /** Of each collection, and of the catalog: what is applied. */
    private final IntToLongFunction applied;
    private final Map<Integer, Long> known = new HashMap<>();
    private final Map<Integer, Long> waiting = new HashMap<>();
    private final Set<Integer> dropped = new HashSet<>();
    long extents;
    long entries;
    long nextSeqId;

    LogCheck(Consumer<Finding> out, IntToLongFunction applied) {
        this.out = out;
        this.applied = applied;
    }

    void run(Path log) {
        WalScan scan;
        try {
            scan = WalTools.scan(log, this::frame);
        } catch (WalException refused) {
            if (refused.reason() == WalException.Reason.NEWER_VERSION) {
                throw refused;
            }
            out.accept(Finding.damage("log", PART, String.valueOf(refused.getMessage())).at(log)
                    .means("the store does not start, or starts without what the log held")
                    .todo("forebay wal verify"));
            return;
        }
        extents = scan.extents().stream().filter(WalExtentInfo::used).count();
        entries = scan.entries();
        nextSeqId = Math.max(1, scan.nextSeqId());
        scan.damages().forEach(damage -> out.accept(Finding.damage("log", PART, damage.reason())
                .at(damage.file() + " at offset " + damage.from() + " to " + damage.to())
                .means("the store does not start; lost of the log: " + damage.lostText()
                        + ", of which what is applied is still in the store")
                .todo("put the file back from a backup, or go on without: forebay wal salvage " + log)));
        if (scan.tornBytes() > 0) {
            out.accept(Finding.note("log-torn", PART, "a torn tail of " + scan.tornBytes() + " bytes")
                    .means("it was never acknowledged as durable; the next start cuts it off"));
        }
    }

    /** Says what the next start applies; the entries of dropped collections are nobody's. */
    void waiting(IntPredicate exists) {
        waiting.keySet().removeIf(number -> !exists.test(number));
        waiting.forEach((collection, count) -> out.accept(Finding
                .note("log-pending", PART,
                        count + " entries " + (collection == CATALOG ? "of the catalog " : "")
                                + "are not applied yet")
                .in(collection)
                .means("the next start applies them")));
    }

    /** Everything that is applied was in the log, and the log's end is never purged. */
    void end(int collection, long appliedSeqId) {
        if (nextSeqId > 0 && appliedSeqId >= nextSeqId) {
            out.accept(Finding.damage("log-behind", PART, "the log ends before seqId " + nextSeqId + ", and "
                    + appliedSeqId + " is applied" + (collection == CATALOG ? " of the catalog" : ""))
                    .in(collection)
                    .means("the end of the log is lost, with whatever was acknowledged behind this and not yet applied")
                    .todo("compare with what was written last; the next start goes on above "
                            + appliedSeqId));
        }
    }

    /** Whether the log drops it: a drop is durable before anything of its collection is removed, also its vectors. */
    boolean drops(int collection) {
        return dropped.contains(collection);
    }

    private void frame(WalFrame frame, ByteBuffer payload) {
        for (int number : CatalogEntries.dropped(frame, payload)) {
            dropped.add(number);
        }
        boolean isWhole = frame.kind() == WalFrame.Kind.ENTRY || frame.kind() == WalFrame.Kind.COMMIT;
        if (isWhole) {
            long position = known.computeIfAbsent(frame.collection(), applied::applyAsLong);
            if (frame.maxSeqId() > position) {
                waiting.merge(frame.collection(), 1L, Long::sum);
            }
        }
    }

    long pending() {
        return waiting.values().stream().mapToLong(Long::longValue).sum();
    }
}

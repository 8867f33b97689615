package io.forebay.engine.backup;

import io.forebay.engine.backup.Manifest.Entry;
import io.forebay.engine.snapshot.Snapshot.Extent;
import io.forebay.wal.WalExtentInfo;
import io.forebay.wal.WalScan;
import io.forebay.wal.WalTools;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The log of a backup, made longer by what later backups of the same store have of it, or by the log that the store left: so
 * a store can be restored as of a moment between two backups.
 *
 * <p>A later backup continues the log if it has the last extent of it, the same file and not shorter, and behind that
 * extents of which each continues the one before. Where one is missing, because it was purged before the later backup, it
 * ends; and it ends before a fork that is younger than the backup, whose records are not in the log.
 *
 * <p>Threads: one.
 */
final class LogReach {
    /**
     * A file of the log.
     *
     * @param crc32c null when only the log's own checksums say whether it is sound
     */
    record Piece(Extent extent, String path, Path file, long bytes, @Nullable Integer crc32c,
            String identity) {}

    private final NavigableMap<Integer, Piece> pieces = new TreeMap<>();
    private final Repository repository;
    private final long baseSeqId;
    private long toSeqId;
    /** At the first fork that the base has not, which is where it ends. */
    private long forkSeqId = Long.MAX_VALUE;
    private boolean survived;

    LogReach(Repository repository, Manifest base) {
        this.baseSeqId = base.toSeqId();
        this.repository = repository;
        this.toSeqId = base.toSeqId();
        piecesOf(base).forEach(piece -> pieces.put(piece.extent().number(), piece));
    }

    /** Of a backup, with all that later ones in this list, oldest first, add to its log. */
    static LogReach of(Repository repository, Manifest base, List<Manifest> all) {
        LogReach reach = new LogReach(repository, base);
        for (Manifest later : all) {
            if (Manifest.ORDER.compare(later, base) > 0) {
                reach.addLater(later);
            }
        }
        return reach;
    }

    private List<Piece> piecesOf(Manifest manifest) {
        List<Piece> found = new ArrayList<>();
        for (Entry entry : manifest.extents()) {
            Extent extent = Objects.requireNonNull(entry.extent());
            found.add(new Piece(extent, entry.path(), repository.pool(entry), entry.bytes(), entry.crc32c(),
                    entry.file()));
        }
        return found;
    }

    private void forks(List<Long> seqIds) {
        seqIds.stream().filter(seqId -> seqId > baseSeqId)
                .forEach(seqId -> forkSeqId = Math.min(forkSeqId, seqId));
    }

    private void addLater(Manifest later) {
        forks(later.forks());
        add(piecesOf(later), (last, same) -> !last.identity().equals(Identity.NONE)
                && same.identity().equals(last.identity()));
    }

    /** The log that the store left. Returns why it adds nothing, or not all that it has; null when it adds all. */
    @Nullable
    String addSurvivor(WalScan scan, List<Long> forks) {
        List<Piece> left = new ArrayList<>();
        for (WalExtentInfo info : scan.extents()) {
            if (info.used()) {
                Path parent = Objects.requireNonNull(info.file().getParent());
                left.add(new Piece(
                        new Extent(info.number(), info.previous(), info.firstSeqId(), info.lastSeqId()),
                        "wal/" + parent.getFileName() + "/" + info.file().getFileName(), info.file(),
                        info.endBytes(), null, Identity.NONE));
            }
        }
        String why = apart(left);
        if (why != null) {
            return why;
        }
        forks(forks);
        survived = true;
        add(left, (last, same) -> true);
        Piece end = left.getLast();
        if (end.extent().number() > pieces.lastKey()) {
            return "what it has behind extent " + pieces.lastKey() + " does not continue that: what was between was purged";
        }
        return toSeqId > toSeqId()
                ? "it is taken up to the fork at seqId " + forkSeqId
                        + " only, because what a fork begins with is not in the log"
                : null;
    }

    /** Whether the log continues what there is; null when it does: the same extent, and what there is of it frame by frame. */
    private @Nullable String apart(List<Piece> left) {
        if (left.isEmpty()) {
            return "there is no log in it";
        }
        if (pieces.isEmpty()) {
            return "the backup has no log that it could continue";
        }
        Piece last = pieces.lastEntry().getValue();
        int number = last.extent().number();
        Piece same = left.stream().filter(piece -> piece.extent().number() == number).findFirst().orElse(null);
        if (same == null) {
            return "it has extents " + left.getFirst().extent().number() + " to "
                    + left.getLast().extent().number() + ", and the log of the backup ends in extent " + number;
        }
        if (same.bytes() < last.bytes()) {
            return same.file() + " ends at byte " + same.bytes() + ", and the backup has " + last.bytes()
                    + " of it: it is older than the backup, or of another store";
        }
        if (!WalTools.continues(last.file(), same.file(), number, last.bytes())) {
            return same.file() + " begins with other entries than in the backup: it is of another store";
        }
        return null;
    }

    private interface Sameness {
        boolean same(Piece last, Piece found);
    }

    private void add(List<Piece> more, Sameness sameness) {
        if (pieces.isEmpty()) {
            return;
        }
        Piece last = pieces.lastEntry().getValue();
        boolean begun = false;
        for (Piece piece : more) {
            boolean same = piece.extent().number() == last.extent().number() && piece.bytes() >= last.bytes()
                    && sameness.same(last, piece);
            begun |= same;
            if (same || begun && piece.extent().previous() == pieces.lastKey()) {
                pieces.put(piece.extent().number(), piece);
                toSeqId = Math.max(toSeqId, piece.extent().lastSeqId());
            }
        }
    }

    boolean hasSurvivor() {
        return survived;
    }

    List<Piece> pieces() {
        return List.copyOf(pieces.values());
    }

    /** The last seqId as of which the store can be restored with it. */
    long toSeqId() {
        return Math.min(toSeqId, forkSeqId - 1);
    }
}

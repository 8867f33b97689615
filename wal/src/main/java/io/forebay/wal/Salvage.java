package io.forebay.wal;

import io.forebay.wal.WalException.Reason;
import io.forebay.wal.WalSalvage.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Goes on without what was hit: writes all entries that check into a new log beside the damaged one, then changes their
 * names. Nothing is destroyed, and nothing is changed in the damaged log.
 *
 * <p>Order, so that it may be killed between any two steps:
 * <ol>
 *   <li>the lock of {@code wal}: no store runs, no other salvage;
 *   <li>a {@code wal.salvaged} that is there already is a rest of a salvage that did not come so far: deleted;
 *   <li>scan once: what is lost, and how much room the rest needs; a newer version is refused;
 *   <li>scan again and write {@code wal.salvaged}, synced; its report last, under its name only when it is synced: from
 *       here on the new log is complete;
 *   <li>rename {@code wal} to {@code wal.damaged-<time>}, sync the directory;
 *   <li>rename {@code wal.salvaged} to {@code wal}, sync the directory.
 * </ol>
 * A second run starts over as long as {@code wal} has extents, else it does the last step. In between no store can be
 * opened by mistake: {@link SalvagePlaces#refuseIfMoved}.
 *
 * <p>Threads: one.
 */
final class Salvage {
    private static final long ROOM_BYTES = 8 << 20;

    /** What was just done, for tests that end the process there. */
    enum Step {
        LOCKED, REST_DELETED, SCANNED, EXTENT_WRITTEN, LOG_WRITTEN, REPORT_WRITTEN, OLD_RENAMED, NEW_RENAMED
    }

    /** Called after each step. */
    interface Steps {
        Steps NONE = step -> {};

        void at(Step step) throws IOException;
    }

    /** How much room a disk has. */
    interface Room {
        long bytesFor(Path directory) throws IOException;
    }

    private final SalvagePlaces places;
    private final Room room;
    private final LongSupplier clock;
    private final Steps steps;

    Salvage(Path directory, LongSupplier clock, Room room, Steps steps) throws IOException {
        this.room = room;
        // Of a link, the log itself: its neighbours must be on the same disk.
        this.places = new SalvagePlaces(Files.exists(directory) ? directory.toRealPath() : directory);
        this.clock = clock;
        this.steps = steps;
    }

    WalSalvage run() throws IOException {
        if (!LogFiles.hasExtents(places.wal) && Files.exists(places.salvaged)) {
            return finishInterrupted();
        }
        SalvagePlaces.refuseIfMoved(places.wal);
        if (!LogFiles.isLog(places.wal)) {
            throw new WalException(Reason.IO, "there is no log in " + places.wal);
        }
        try (LogLock lock = LogLock.take(places.wal)) {
            steps.at(Step.LOCKED);
            deleteRest();
            steps.at(Step.REST_DELETED);
            long[] bytes = {0};
            LogScan first = new LogScan(places.wal, 0, (extent, walk) -> bytes[0] += Frame.WORD_BYTES
                    + Frame.contentBytes(walk.frame.payloadLength));
            WalScan scan = first.run();
            if (scan.fine()) {
                return new WalSalvage(Outcome.NOTHING_TO_DO, scan, null, "", scan.entries());
            }
            checkRoom(bytes[0]);
            steps.at(Step.SCANNED);
            return rewrite(first, scan);
        }
    }

    private void checkRoom(long bytes) throws IOException {
        long free = room.bytesFor(places.parent);
        if (free < bytes + ROOM_BYTES) {
            throw new WalException(Reason.DISK_FULL, "the copy in " + places.salvaged + " needs "
                    + (bytes + ROOM_BYTES) + " bytes, and " + free + " are free; nothing was changed");
        }
    }

    private WalSalvage rewrite(LogScan first, WalScan scan) throws IOException {
        Files.createDirectory(places.salvaged);
        // Another salvage that comes between the renames finds this one.
        try (LogLock lock = LogLock.take(places.salvaged)) {
            long now = clock.getAsLong();
            SalvageWriter writer = new SalvageWriter(places.salvaged, first.worthless(), now, steps);
            try (writer) {
                new LogScan(places.wal, 0, writer).run();
                int highest = scan.extents().isEmpty() ? 1 : scan.extents().getLast().number();
                writer.finish(highest, scan.nextSeqId());
            }
            if (writer.entries() != scan.entries()) {
                throw new IOException(
                        "the log changed while it was read: " + writer.entries() + " entries of "
                                + scan.entries());
            }
            steps.at(Step.LOG_WRITTEN);
            Path damaged = places.damagedAt(now);
            String report = SalvageText.of(scan, damaged, now);
            writeReport(report);
            steps.at(Step.REPORT_WRITTEN);
            change(damaged);
            return new WalSalvage(Outcome.SALVAGED, scan, damaged, report, scan.entries());
        }
    }

    private void writeReport(String text) throws IOException {
        Path temporary = places.salvaged.resolve(SalvagePlaces.REPORT + ".tmp");
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE,
                StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            RealDisk.writeFully(channel, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
            channel.force(true);
        }
        Files.move(temporary, places.salvaged.resolve(SalvagePlaces.REPORT), StandardCopyOption.ATOMIC_MOVE);
        RealDisk.sync(places.salvaged);
        RealDisk.sync(places.parent);
    }

    /** The two renames; the first one only when there is something to rename. */
    private void change(@Nullable Path damaged) throws IOException {
        if (damaged != null) {
            Files.move(places.wal, damaged, StandardCopyOption.ATOMIC_MOVE);
            RealDisk.sync(places.parent);
            steps.at(Step.OLD_RENAMED);
        }
        Files.move(places.salvaged, places.wal, StandardCopyOption.ATOMIC_MOVE);
        RealDisk.sync(places.parent);
        steps.at(Step.NEW_RENAMED);
    }

    private WalSalvage finishInterrupted() throws IOException {
        if (!places.isComplete()) {
            throw new WalException(Reason.CORRUPT, "the log " + places.wal + " is not there, and "
                    + places.salvaged + " is not complete: rename the damaged log back to "
                    + places.wal.getFileName() + " and salvage it again");
        }
        try (LogLock lock = LogLock.take(places.salvaged)) {
            if (LogFiles.hasExtents(places.wal) || !places.isComplete()) {
                throw new WalException(Reason.LOCKED, "another salvage of " + places.wal + " was faster");
            }
            String report = Files.readString(places.salvaged.resolve(SalvagePlaces.REPORT));
            // An empty directory in its place is set aside as well.
            change(Files.exists(places.wal) ? places.damagedAt(clock.getAsLong()) : null);
            return new WalSalvage(Outcome.FINISHED, null, null, report, 0);
        }
    }

    /** The report first: what is only half there must not look complete. */
    private void deleteRest() throws IOException {
        if (!Files.exists(places.salvaged)) {
            return;
        }
        Files.deleteIfExists(places.salvaged.resolve(SalvagePlaces.REPORT));
        RealDisk.sync(places.salvaged);
        for (Path child : LogFiles.children(places.salvaged)) {
            if (Files.isDirectory(child)) {
                for (Path file : LogFiles.children(child)) {
                    Files.delete(file);
                }
            }
            Files.delete(child);
        }
        Files.delete(places.salvaged);
    }
}

package io.forebay.wal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * The directories beside a log that {@link Salvage} makes, and what they mean for whoever opens it.
 *
 * <pre>
 *  wal                            the log; missing for a moment between the two renames
 *  wal.salvaged                   the new log being written; complete as soon as it has a salvage-report.txt
 *  wal.damaged-20260102T030405    the log as it was
 * </pre>
 */
final class SalvagePlaces {
    static final String REPORT = "salvage-report.txt";
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss")
            .withZone(ZoneOffset.UTC);

    final Path wal;
    final Path parent;
    final Path salvaged;
    private final String name;

    SalvagePlaces(Path directory) {
        wal = directory.toAbsolutePath().normalize();
        Path above = wal.getParent();
        if (above == null) {
            throw new WalException(WalException.Reason.IO, directory + " cannot be a log");
        }
        parent = above;
        name = String.valueOf(wal.getFileName());
        salvaged = wal.resolveSibling(name + ".salvaged");
    }

    /** Whether the new log is whole: only then may it take the old one's place. */
    boolean isComplete() {
        return Files.exists(salvaged.resolve(REPORT));
    }

    /** A free name for the log as it was. */
    Path damagedAt(long millis) {
        String stamped = name + ".damaged-" + STAMP.format(Instant.ofEpochMilli(millis));
        Path free = wal.resolveSibling(stamped);
        for (int i = 2; Files.exists(free); i++) {
            free = wal.resolveSibling(stamped + "-" + i);
        }
        return free;
    }

    /** Logs that were set aside. */
    List<Path> damaged() throws IOException {
        List<Path> all = new ArrayList<>();
        if (Files.isDirectory(parent)) {
            for (Path sibling : LogFiles.children(parent)) {
                if (String.valueOf(sibling.getFileName()).startsWith(name + ".damaged-")) {
                    all.add(sibling);
                }
            }
        }
        return all;
    }

    /**
     * To be called before a log is opened or made: an empty one must not take the place of one that a salvage, or a person,
     * has moved aside.
     */
    static void refuseIfMoved(Path directory) throws IOException {
        if (LogFiles.hasExtents(directory)) {
            return;
        }
        SalvagePlaces places = new SalvagePlaces(directory);
        if (Files.exists(places.salvaged)) {
            throw new WalException(WalException.Reason.CORRUPT,
                    "the log " + places.wal + " is not there, but "
                            + places.salvaged
                            + " is: a salvage was interrupted; finish it: forebay wal salvage "
                            + places.wal);
        }
        List<Path> damaged = places.damaged();
        if (!damaged.isEmpty()) {
            throw new WalException(WalException.Reason.CORRUPT,
                    "the log " + places.wal + " is not there, but "
                            + damaged.getLast() + " is; to use that again, rename it to "
                            + places.wal.getFileName()
                            + "; to begin with an empty log, move it away");
        }
    }
}

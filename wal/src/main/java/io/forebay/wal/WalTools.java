package io.forebay.wal;

import io.forebay.wal.WalException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tools for a log on disk, without opening it. All but {@link #salvage} and {@link #hold} only read: they take no
 * lock, write nothing and work while a store runs.
 *
 * <p>Threads: any; each call by itself. Failure: a {@link WalException} with reason IO, NEWER_VERSION, LOCKED, DISK_FULL
 * or, when a log was moved away, CORRUPT. Damage inside the log is a result, not a failure.
 */
public final class WalTools {
    private static final Logger LOG = LoggerFactory.getLogger(WalTools.class);
    private static final String COMMAND = "forebay wal salvage ";

    private WalTools() {}

    /** The log's directory, given that or the store's. */
    public static Path logDirectory(Path directory) {
        try {
            Path inside = directory.resolve("wal");
            SalvagePlaces places = new SalvagePlaces(inside);
            boolean store = Files.isDirectory(inside) || Files.exists(places.salvaged)
                    || !places.damaged().isEmpty();
            return store && !LogFiles.hasExtents(directory) ? inside : directory;
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    /** Reads and checks all of it; the visitor sees each frame that checks. */
    public static WalScan scan(Path directory, WalFrameVisitor visitor) {
        return scan(directory, 0, visitor);
    }

    /** Reads and checks the extents from this number on. */
    public static WalScan scan(Path directory, int fromExtent, WalFrameVisitor visitor) {
        try {
            SalvagePlaces.refuseIfMoved(directory);
            if (!LogFiles.isLog(directory)) {
                throw new WalException(Reason.IO, "there is no log in " + directory);
            }
            return new LogScan(directory, fromExtent, (extent, walk) -> visitor
                    .frame(WalFrame.of(extent.number, walk), payload(extent, walk))).run();
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    private static ByteBuffer payload(ScannedExtent extent, DocumentWalk walk) {
        return extent.log.asSlice(walk.payloadOffset(), walk.frame.payloadLength).asByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Takes the log's lock, and so the store's.
     *
     * @throws WalException LOCKED, with the pid of who has it; IO when there is no log
     */
    public static WalHold hold(Path directory) {
        try {
            if (!LogFiles.isLog(directory)) {
                throw new WalException(Reason.IO, "there is no log in " + directory);
            }
            return new WalHold(LogLock.take(directory));
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    /**
     * As {@link #hold}, for who only looks, writing nothing. Where there is no log nothing is held.
     *
     * @throws WalException LOCKED, with the pid of who has it, or had it before others who look
     */
    public static WalHold holdToLook(Path directory) {
        try {
            return new WalHold(Files.isDirectory(directory) ? LogLock.look(directory) : null);
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    /** Whether it was ever opened since it was copied here: nobody has a log open without its lock file. */
    public static boolean hasLock(Path directory) {
        return Files.exists(directory.resolve(LogLock.FILE));
    }

    /** Whether a process has it open. */
    public static WalOwner owner(Path directory) {
        try {
            return WalOwner.of(directory);
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    /** Numbers of the extents there are now, rising. */
    public static List<Integer> extents(Path directory) {
        try {
            return List.copyOf(LogFiles.list(directory).extents().keySet());
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    /** Reads on behind this frame, or from the oldest one kept, as the log grows. */
    public static WalFollower follow(Path directory, @Nullable WalFrame last) {
        if (last != null) {
            return new WalFollower(directory, last.extent(), last.endOffset());
        }
        List<Integer> all = extents(directory);
        return new WalFollower(directory, all.isEmpty() ? 0 : all.getFirst(), 0);
    }

    /**
     * Goes on without what was hit. The store must be stopped. The damaged log is kept beside the new one.
     *
     * @throws WalException when the log was not changed: in use, of a newer version, no room, or nothing there
     */
    public static WalSalvage salvage(Path directory) {
        try {
            return new Salvage(directory, System::currentTimeMillis,
                    parent -> Files.getFileStore(parent).getUsableSpace(), Salvage.Steps.NONE).run();
        } catch (IOException e) {
            throw new WalException(Reason.IO, "cannot salvage the log in " + directory + ": " + e
                    + "; start it again when that is mended", e);
        }
    }

    /**
     * Ends a copy of a log, which nobody has open, behind this seqId (which need not be in it), and has whoever opens it
     * begin with this next one, or a higher one if there is more in it. Returns the seqId that the log reaches then: lower than
     * the one given when the log has not that much.
     *
     * @throws WalException INSIDE_BATCH when a batch has seqIds on both sides: nothing was changed; CORRUPT
     */
    public static long cut(Path directory, long seqId, long nextSeqId) {
        try {
            return new LogCut(directory, seqId).run(nextSeqId);
        } catch (IOException e) {
            throw new WalException(Reason.IO, "cannot end the log in " + directory + ": " + e, e);
        }
    }

    /** Whether an extent's file begins with the frames that the first so many bytes of a copy of that extent have. */
    public static boolean continues(Path copy, Path file, int extent, long bytes) {
        try {
            return SameFrames.inBoth(copy, file, extent, bytes);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Damage at the start: the same refusal, and what can be done. */
    static WalException naming(Path directory, WalException refused) {
        String message = String.valueOf(refused.getMessage());
        return refused.reason() != Reason.CORRUPT || message.contains(COMMAND)
                || message.contains("rename it")
                        ? refused
                        : new WalException(Reason.CORRUPT,
                                message + "; to go on without what was hit: " + COMMAND + directory,
                                refused);
    }

    /** A log that was salvaged says at each start what it lost, until somebody moves the report away. */
    static void warnIfSalvaged(Path directory) throws IOException {
        Path report = directory.resolve(SalvagePlaces.REPORT);
        if (Files.exists(report)) {
            List<String> lines = Files.readAllLines(report);
            LOG.warn("the log was salvaged: {} More in {}; this warning goes when that file is moved away",
                    lines.size() > 1 ? lines.get(1) : "", report);
        }
    }

    private static WalException unreadable(Path directory, IOException cause) {
        return new WalException(Reason.IO, "cannot read the log in " + directory + ": " + cause, cause);
    }
}

package io.forebay.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.io.BackgroundResourceReleaser;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * An extent on Chronicle Queue: a directory with one queue of exactly one cycle, whose file was made with real blocks
 * before the queue saw it. The only class that knows Chronicle.
 *
 * <p>Chronicle makes the documents (words, positions, index pages). Our frame is put into an open document by positional
 * writes on our own channel, which the kernel keeps coherent with Chronicle's mapping: one copy of the payload, no page
 * fault per 4 KB, and a failing disk is an exception instead of a fault inside a memory access. The document is committed
 * only when the frame is complete, else rolled back.
 *
 * <p>Threads: as {@link ExtentWriter} says. Chronicle's own check for one thread is off, the append lock replaces it.
 *
 * <p>Failure: Chronicle's {@code sync()} is not used, it is no barrier; {@link #force} is our own.
 */
final class ChronicleExtent implements ExtentWriter {
    /** The file of cycle 0. */
    static final String FILE = "19700101F.cq4";
    /** Chronicle takes a file of this name as its new cycle, without waiting for a header in it. */
    static final String PRECREATED = "19700101F.precreated";
    private static final int JDK_FEATURE_MAX = 25;
    /** Chronicle puts pages of 32 KB between documents; so much of the extent is left for them. */
    private static final int OWN_PAGES_BYTES = 160 << 10;

    static {
        // Read by Chronicle when its first class loads: nothing leaves the machine, nothing is printed.
        for (String name : new String[]{"chronicle.analytics.disable", "chronicle.announcer.disable",
                "chronicle.disk.monitor.disable"}) {
            System.setProperty(name, "true");
        }
    }

    /** Whether Chronicle was used in this process at all. */
    private static volatile boolean used;

    private final Disk.Open file;
    private final long sizeBytes;
    private final SingleChronicleQueue queue;
    private final ExcerptAppender appender;
    private final FailPoints failPoints;
    private volatile long endOffset;

    private ChronicleExtent(Disk disk, Path directory, long sizeBytes, FailPoints failPoints)
            throws IOException {
        used = true;
        this.sizeBytes = sizeBytes;
        this.failPoints = failPoints;
        // One block: the whole extent is one mapping. A constant clock: one cycle, whatever the wall clock does.
        this.queue = SingleChronicleQueueBuilder.binary(directory.toFile()).rollCycle(RollCycles.FAST_DAILY)
                .timeProvider(() -> 0L).blockSize((int) sizeBytes).checkInterrupts(false).build();
        boolean opened = false;
        try {
            this.appender = queue.createAppender();
            appender.singleThreadedCheckDisabled(true);
            // The first document makes Chronicle take the file; only then can it be opened under its name.
            touch();
            this.file = disk.open(directory.resolve(FILE));
            opened = true;
        } finally {
            if (!opened) {
                queue.close();
            }
        }
    }

    /** Opens the extent prepared in this directory (a zero-filled {@link #PRECREATED} of this size). */
    static ChronicleExtent open(Disk disk, Path directory, long sizeBytes, FailPoints failPoints)
            throws IOException {
        return new ChronicleExtent(disk, directory, sizeBytes, failPoints);
    }

    static void checkJdk(int feature) {
        if (feature > JDK_FEATURE_MAX) {
            throw new WalException(WalException.Reason.UNSUPPORTED_JDK, "Forebay's log runs on JDK 17 to "
                    + JDK_FEATURE_MAX
                    + " (Chronicle Queue needs memory access that later ones forbid); this is JDK "
                    + feature);
        }
    }

    /**
     * Waits until Chronicle has unmapped what was closed; it does that in a thread of its own. Where it was never used it is
     * left alone: its class wants a shutdown hook when it is first touched, and a process that is ending takes none.
     */
    static void awaitReleases() {
        if (used) {
            BackgroundResourceReleaser.releasePendingResources();
        }
    }

    private void touch() {
        try (DocumentContext document = appender.writingDocument()) {
            document.rollbackOnClose();
        }
    }

    @Override
    public long append(ByteBuffer header, ByteBuffer payload, boolean forceSoon) throws IOException {
        int contentBytes = Frame.contentBytes(payload.remaining());
        DocumentContext document = appender.writingDocument();
        long content;
        boolean complete = false;
        try {
            Bytes<?> bytes = document.wire().bytes();
            content = bytes.writePosition();
            file.write(header, payload, content, forceSoon); // what pads it is zero already
            failPoints.at(FailPoints.Point.INSIDE_FRAME);
            bytes.writePosition(content + contentBytes);
            complete = true;
        } finally {
            if (!complete) {
                document.rollbackOnClose();
            }
            document.close();
        }
        endOffset = content + contentBytes;
        return content - Frame.WORD_BYTES;
    }

    @Override
    public long endOffset() {
        return endOffset;
    }

    @Override
    public boolean hasRoomFor(int contentBytes) {
        return endOffset + Frame.WORD_BYTES + contentBytes + OWN_PAGES_BYTES <= sizeBytes;
    }

    @Override
    public void force() throws IOException {
        file.force(false);
    }

    @Override
    public void close() {
        queue.close();
        file.close();
    }
}

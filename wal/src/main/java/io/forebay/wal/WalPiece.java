package io.forebay.wal;

import java.nio.file.Path;

/**
 * A file of an open log as a copy of it needs it: its first {@code bytes} never change any more, whatever is appended.
 *
 * @param extent         number of the extent
 * @param previousExtent the extent that it continues, -1 when it is the first ever
 * @param firstSeqId     of the entries that begin in it, 0 when none does
 * @param lastSeqId      the same; both of entries that are whole in the pieces
 */
public record WalPiece(int extent, Path file, long bytes, int previousExtent, long firstSeqId,
        long lastSeqId) {}

package io.forebay.wal;

import java.nio.file.Path;
import java.util.Map;

/**
 * One extent as {@link WalTools#scan} found it.
 *
 * @param used              false when it was made ahead of need and holds nothing yet
 * @param sizeBytes         length of the file
 * @param madeBytes         how long it was made, as its first frame says; 0 when that cannot be read
 * @param endBytes          end of its last good frame
 * @param entries           whole entries that begin in it
 * @param firstSeqId        the first seqId of an entry that begins in it, 0 when none does
 * @param firstMillis       when its first entry was appended, 0 when it has none
 * @param tornBytes         bytes at its end that were never acknowledged as durable, or are being written
 * @param bytesByCollection what the frames of each collection take in it
 * @param previous          the extent that it continues; -1 when there is none, or that cannot be read
 */
public record WalExtentInfo(int number, Path file, boolean used, long sizeBytes, long madeBytes,
        long endBytes,
        long frames, long entries, long firstSeqId, long lastSeqId, long firstMillis, long lastMillis,
        long tornBytes, Map<Integer, Long> bytesByCollection, int previous) {}

package io.forebay.index.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.BitSetUtil;
import org.roaringbitmap.RoaringBitmap;

/**
 * Gathers rows from many postings as plain words, chunk by chunk: a range of numbers may have a term per row.
 *
 * <p>Not thread-safe.
 */
final class RowBits {
    private final long[] @Nullable [] chunks;
    private final long[] scratch = new long[PostingBlocks.WORDS];

    RowBits(int nextRow) {
        chunks = new long[chunks(nextRow)][];
    }

    static int chunks(int nextRow) {
        return (int) ((long) nextRow + PostingBlocks.CHUNK_ROWS - 1 >>> 16);
    }

    /** Adds the members of one posting. */
    void add(int chunk, byte[] value, int length) {
        if (chunk >= chunks.length) {
            throw new RecordStoreException("a posting is of chunk " + chunk + " of " + chunks.length);
        }
        long[] words = chunks[chunk];
        boolean isFirst = words == null;
        if (words == null) {
            words = new long[PostingBlocks.WORDS];
            chunks[chunk] = words;
        }
        if (isFirst || !PostingBlocks.removes(value, length)) {
            PostingBlocks.applyTo(words, value, length);
            return;
        }
        // What this posting takes away it takes from itself only.
        Arrays.fill(scratch, 0);
        PostingBlocks.applyTo(scratch, value, length);
        for (int i = 0; i < words.length; i++) {
            words[i] |= scratch[i];
        }
    }

    RoaringBitmap toBitmap() {
        RoaringBitmap all = new RoaringBitmap();
        for (int chunk = 0; chunk < chunks.length; chunk++) {
            long[] words = chunks[chunk];
            if (words != null) {
                RoaringBitmap part = BitSetUtil.bitmapOf(words);
                all.or(chunk == 0 ? part : RoaringBitmap.addOffset(part, (long) chunk << 16));
            }
        }
        return all;
    }
}

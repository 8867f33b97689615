package io.forebay.index.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.MetadataCodec;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.SparseVector;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;

/** What the model test does not reach: more than one chunk of rows, and bytes that are not what they should be. */
class SparseIndexTest {
    private static final int ROWS = PostingBlocks.CHUNK_ROWS + 1000;
    private static final SparseVector QUERY = new SparseVector(new int[]{5}, new float[]{1});

    @TempDir
    Path directory;

    @Test
    void rowsOfEveryChunkAreFound() {
        try (RecordStore store = Stores.open(directory)) {
            int batchRows = 4000;
            for (int from = 0; from < ROWS; from += batchRows) {
                Stores.apply(store, Stores.C, batch(from, Math.min(ROWS, from + batchRows)));
            }
            // Values grow with the row, so the last ones are the nearest.
            check(store, 3, null, ROWS - 1, ROWS - 2, ROWS - 3);
            check(store, 2, RoaringBitmap.bitmapOf(7, 65535, 65536), 65536, 65535);
            check(store, 2, RoaringBitmap.bitmapOf(7, 9), 9, 7);
            Stores.apply(store, Stores.C, Stores.delete("id" + (ROWS - 1), "id65536"));
            Stores.apply(store, Stores.C, Stores.one(Operation.UPDATE, "id" + (ROWS - 2), null, null,
                    Map.of("s", MetadataValue.NULL), null));
            check(store, 1, null, ROWS - 3);
            check(store, 1, RoaringBitmap.bitmapOf(0, 65535), 65535);
        }
    }

    private static RecordBatch batch(int from, int to) {
        RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
        for (int row = from; row < to; row++) {
            batch.record("id" + row, new float[]{1}, null, Map.of("s",
                    MetadataValue.of(new SparseVector(new int[]{5}, new float[]{row}))), null);
        }
        return batch.build();
    }

    private static void check(RecordStore store, int k, @Nullable RoaringBitmap among, int... rows) {
        try (RecordReader reader = store.read(Stores.C)) {
            SparseHits hits = reader.nearest("s", QUERY, k, among);
            assertThat(hits.rows()).isEqualTo(rows);
            assertThat(hits.distances()[0]).isEqualTo(1f - rows[0]);
        }
    }

    @Test
    void ofARowTheLastEntryCounts() {
        byte[] value = new byte[6 * WeightBlocks.ENTRY_BYTES];
        int at = WeightBlocks.put(value, 0, 1, 1);
        at = WeightBlocks.put(value, at, 2, 2);
        at = WeightBlocks.put(value, at, 65535, 3);
        at = WeightBlocks.put(value, at, 1, 4);
        at = WeightBlocks.put(value, at, 2, WeightBlocks.REMOVED);
        WeightBlocks.put(value, at, 3, 5);
        byte[] kept = WeightBlocks.clean(value, new long[PostingBlocks.WORDS], row -> row == 3);
        assertThat(kept).isEqualTo(Arrays.copyOfRange(value, 12, 24));
        assertThatThrownBy(() -> WeightBlocks.check(5)).isInstanceOf(RecordStoreException.class);
        WeightSums small = new WeightSums(4);
        assertThatThrownBy(() -> small.add(value, value.length, 1)).hasMessageContaining("65535");
    }

    @Test
    void bytesOfASparseVectorThatAreNotInOrderAreRefused() {
        byte[] good = MetadataCodec.encode(Map.of("s",
                MetadataValue.of(new SparseVector(new int[]{1, 2}, new float[]{1, 2}, List.of("a", "b")))));
        assertThat(MetadataBytes.canonical(good)).isSameAs(good);
        int changed = 0;
        for (int i = 0; i < good.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] bad = good.clone();
                bad[i] ^= (byte) (1 << bit);
                byte[] canonical;
                try {
                    canonical = MetadataBytes.canonical(bad);
                } catch (IllegalArgumentException refused) {
                    changed++;
                    continue;
                }
                // What is taken decodes, and is what it says.
                assertThat(canonical).isNotNull();
                MetadataCodec.decode(canonical);
            }
        }
        assertThat(changed).isGreaterThan(50);
    }
}

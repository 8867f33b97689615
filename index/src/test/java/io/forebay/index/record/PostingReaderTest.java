package io.forebay.index.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.MetadataCodec;
import io.forebay.model.MetadataValue;
import io.forebay.model.Where;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;
import org.rocksdb.WriteBatch;

/** Postings of few and of many chunks, by term and by range, against a plain array of values. */
class PostingReaderTest {
    private static final byte[] FIELD = "n".getBytes(StandardCharsets.UTF_8);
    private static final int ROWS = 3000;
    private static final int VALUES = 40;

    @TempDir
    Path directory;

    @Test
    void rowsOfFewAndOfManyChunksAreFound() {
        check(3 << 16);
        check(500 << 16);
    }

    /** What a fresh reader meets first is larger than its buffer. */
    @Test
    void aPostingOfManyRowsIsReadByTermAndByRange() {
        int nextRow = 20 << 16;
        RoaringBitmap expected = new RoaringBitmap();
        try (Database db = Database.open(directory.resolve("large"), Stores.small(), () -> {})) {
            PendingPostings pending = new PendingPostings();
            MetadataTerms terms = new MetadataTerms(new Terms(7), pending);
            for (int row = 0; row < 2 * ROWS; row += 2) {
                terms.change(null, metadata(1), row);
                expected.add(row);
            }
            BatchSink sink = new BatchSink();
            pending.writeTo(sink, db.postingsId);
            try (WriteBatch batch = new WriteBatch(sink.toByteArray())) {
                db.write(batch);
            }
            Terms term = new Terms(7).field(FIELD);
            term.integer(1, (byte) 0);
            assertThat(new PostingReader(db, db.reads, 7, nextRow, new Gate("test")).rows(term))
                    .isEqualTo(expected);
            assertThat(new PostingReader(db, db.reads, 7, nextRow, new Gate("test"))
                    .range(new Terms(7).field(FIELD), range(0, 2), Long.MAX_VALUE)).isEqualTo(expected);
        }
    }

    /** Rows far apart, each with a small value; some of them changed later. */
    private void check(int nextRow) {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.out.println("PostingReaderTest seed=" + seed);
        Random random = new Random(seed);
        RoaringBitmap[] expected = new RoaringBitmap[VALUES];
        for (int value = 0; value < VALUES; value++) {
            expected[value] = new RoaringBitmap();
        }
        try (Database db = Database.open(directory.resolve("rows" + nextRow), Stores.small(), () -> {})) {
            for (int part = 0; part < 4; part++) {
                PendingPostings pending = new PendingPostings();
                MetadataTerms terms = new MetadataTerms(new Terms(7), pending);
                for (int i = 0; i < ROWS; i++) {
                    int row = random.nextInt(nextRow);
                    int old = valueOf(row, expected);
                    int now = random.nextInt(VALUES);
                    terms.change(old < 0 ? null : metadata(old), metadata(now), row);
                    if (old >= 0) {
                        expected[old].remove(row);
                    }
                    expected[now].add(row);
                }
                BatchSink sink = new BatchSink();
                pending.writeTo(sink, db.postingsId);
                try (WriteBatch batch = new WriteBatch(sink.toByteArray())) {
                    db.write(batch);
                }
            }
            PostingReader reader = new PostingReader(db, db.reads, 7, nextRow, new Gate("test"));
            for (int value = 0; value < VALUES; value++) {
                Terms term = new Terms(7).field(FIELD);
                term.integer(value, (byte) 0);
                assertThat(reader.rows(term)).isEqualTo(expected[value]);
            }
            for (int from = 0; from < VALUES; from += 3) {
                int to = from + random.nextInt(VALUES);
                assertThat(reader.range(new Terms(7).field(FIELD), range(from, to), Long.MAX_VALUE))
                        .isEqualTo(union(expected, from, to));
            }
            assertThat(reader.range(new Terms(7).field(FIELD), range(0, VALUES), 5)).isNull();
        }
    }

    private static int valueOf(int row, RoaringBitmap[] rows) {
        for (int value = 0; value < rows.length; value++) {
            if (rows[value].contains(row)) {
                return value;
            }
        }
        return -1;
    }

    private static byte[] metadata(int value) {
        return MetadataCodec.encode(Map.of("n", MetadataValue.of(value)));
    }

    private static NumberRange range(int from, int to) {
        return NumberRange.of(new Where.Compare("n", Where.Comparison.GTE, MetadataValue.of(from)))
                .and(NumberRange.of(new Where.Compare("n", Where.Comparison.LT, MetadataValue.of(to))));
    }

    private static RoaringBitmap union(RoaringBitmap[] rows, int from, int to) {
        RoaringBitmap all = new RoaringBitmap();
        for (int value = from; value < Math.min(to, rows.length); value++) {
            all.or(rows[value]);
        }
        return all;
    }
}

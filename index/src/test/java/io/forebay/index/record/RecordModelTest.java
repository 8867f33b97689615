package io.forebay.index.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.index.record.RecordStore.CollectionState;
import io.forebay.model.RecordBatch;
import io.forebay.model.SparseVector;
import io.forebay.model.Where;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random batches, commits of several at once, aborts, repeats, flushes, reopenings and drops in three
 * collections; after each step random reads are compared with the oracle. {@code -Dforebay.seed=n} replays
 * one run.
 */
@Tag("fuzz")
class RecordModelTest {
    private static final int COLLECTIONS = 3;

    @TempDir
    Path directory;

    @Test
    void randomBatchesAndFiltersAgreeWithTheOracle() {
        run(Long.getLong("forebay.seed", System.nanoTime()), 250);
    }

    @Test
    @Tag("long")
    void manyRandomBatchesAndFiltersAgreeWithTheOracle() {
        for (int i = 0; i < 20; i++) {
            run(System.nanoTime(), 1500);
        }
    }

    private void run(long seed, int steps) {
        System.out.println("RecordModelTest seed=" + seed);
        try (Run run = new Run(directory.resolve("run" + seed), seed)) {
            for (int i = 0; i < steps; i++) {
                run.step();
            }
            run.reopen();
        }
    }

    private static final class Run implements AutoCloseable {
        private final Path directory;
        private final Generator generator;
        private final int[] numbers = {1, 2, 3};
        private final Oracle[] oracles = {new Oracle(), new Oracle(), new Oracle()};
        private final long[] seqIds = new long[COLLECTIONS];
        private int nextNumber = 4;
        private RecordStore store;

        Run(Path directory, long seed) {
            this.directory = directory;
            this.generator = new Generator(seed, 120);
            store = open();
        }

        /** Upkeep is due after a few records, so that all of it happens. */
        private RecordStore open() {
            RecordStore opened = Stores.open(directory);
            opened.upkeep.tuning(new Upkeep.Tuning(1 + generator.below(20), 1 + generator.below(10), 30));
            return opened;
        }

        void step() {
            int c = generator.below(COLLECTIONS);
            commitSome(c);
            check(c);
            if (generator.oneIn(40)) {
                store.flush();
            }
            if (generator.oneIn(5)) {
                store.upkeep(numbers[c]);
                check(c);
            }
            if (generator.oneIn(80)) {
                reopen();
            }
            if (generator.oneIn(100)) {
                store.drop(numbers[c]);
                assertThat(store.state(numbers[c])).isEqualTo(Positions.NONE);
                numbers[c] = nextNumber++;
                oracles[c] = new Oracle();
                seqIds[c] = 0;
            }
        }

        private void commitSome(int c) {
            Applier applier = store.applier(numbers[c]);
            if (generator.oneIn(8)) {
                applier.add(generator.batch(), seqIds[c] + 1, seqIds[c] + 40);
                applier.abort();
            }
            List<RecordBatch> batches = new ArrayList<>();
            for (int i = 1 + generator.below(4); i > 0; i--) {
                RecordBatch batch = generator.batch();
                long from = seqIds[c] + 1 + generator.below(5);
                seqIds[c] = from + batch.size() - 1;
                assertThat(applier.add(batch, from, seqIds[c])).isTrue();
                assertThat(applier.add(batch, from, seqIds[c])).isFalse();
                batches.add(batch);
            }
            int firstOrdinal = oracles[c].ordinals;
            batches.forEach(oracles[c]::apply);
            checkVectors(applier.vectors(), batches, oracles[c], firstOrdinal);
            applier.commit();
        }

        private static void checkVectors(VectorChanges vectors, List<RecordBatch> batches, Oracle oracle,
                int firstOrdinal) {
            assertThat(vectors.firstOrdinal()).isEqualTo(firstOrdinal);
            assertThat(vectors.count()).isEqualTo(oracle.ordinals - firstOrdinal);
            assertThat(vectors.killedOrdinals()).doesNotHaveDuplicates();
            for (int killed : vectors.killedOrdinals()) {
                assertThat(oracle.deadOrdinals).contains(killed);
            }
            for (Oracle.Entry entry : oracle.entries.values()) {
                int i = entry.ordinal - firstOrdinal;
                if (i >= 0) {
                    assertThat(vectors.rows()[i]).isEqualTo(entry.row);
                    RecordBatch batch = batches.get(vectors.batches()[i]);
                    assertThat(Stream.iterate(0, n -> n + 1).limit(batch.size())
                            .filter(n -> batch.hasEmbedding(n)
                                    && batch.embeddingIndex(n) == vectors.embeddingIndexes()[i])
                            .map(batch::id)).containsExactly(entry.id);
                }
            }
        }

        private void check(int c) {
            Oracle oracle = oracles[c];
            try (RecordReader reader = store.read(numbers[c])) {
                assertThat(reader.state()).isEqualTo(new CollectionState(seqIds[c], oracle.nextRow,
                        oracle.ordinals, oracle.entries.size(), oracle.operations));
                checkSelect(reader, oracle, null, null);
                for (int i = 0; i < 6; i++) {
                    checkSelect(reader, oracle, generator.oneIn(3) ? generator.ids(20) : null,
                            generator.where(2));
                    checkNearest(reader, oracle, generator.oneIn(2) ? generator.where(1) : null);
                }
            }
            assertThat(store.liveOrdinals(numbers[c]).getCardinality())
                    .isEqualTo(oracle.ordinals - oracle.deadOrdinals.size());
        }

        private void checkSelect(RecordReader reader, Oracle oracle, @Nullable List<String> ids,
                @Nullable Where where) {
            int offset = generator.oneIn(3) ? generator.below(20) : 0;
            int limit = generator.oneIn(3) ? generator.below(20) : -1;
            List<RecordReader.Row> all = oracle.select(ids, where).stream().map(Oracle.Entry::asRow).toList();
            List<RecordReader.Row> expected = all.stream().skip(offset)
                    .limit(limit < 0 ? Long.MAX_VALUE : limit).toList();
            int[] rows = reader.select(ids, where, offset, limit);
            assertThat(reader.fetch(rows, true, true, true))
                    .as("%s %s offset %s limit %s", ids, where, offset,
                            limit)
                    .isEqualTo(expected);
            assertThat(reader.matches(ids, where).rows().toArray())
                    .isEqualTo(all.stream().mapToInt(RecordReader.Row::row).toArray());
            assertThat(reader.ordinals(ids, where).toArray())
                    .isEqualTo(all.stream().mapToInt(RecordReader.Row::ordinal).sorted().toArray());
        }

        private void checkNearest(RecordReader reader, Oracle oracle, @Nullable Where where) {
            String key = generator.key();
            SparseVector query = generator.sparse();
            int k = generator.below(12);
            SparseHits hits = reader.nearest(key, query, k,
                    where == null ? null : reader.matches(null, where).rows());
            List<Map.Entry<Integer, Float>> found = new ArrayList<>();
            for (int i = 0; i < hits.rows().length; i++) {
                found.add(Map.entry(hits.rows()[i], hits.distances()[i]));
            }
            assertThat(found).as("%s %s %s of %s", key, query, k, where)
                    .isEqualTo(Oracle.nearest(oracle.select(null, where), key, query, k));
        }

        void reopen() {
            store.close();
            if (generator.oneIn(4)) {
                FormerStore.turnInto(generator.oneIn(2) ? 2 : 3, directory);
            }
            store = open();
            for (int c = 0; c < COLLECTIONS; c++) {
                check(c);
            }
        }

        @Override
        public void close() {
            store.close();
        }
    }
}

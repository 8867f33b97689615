package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.DeleteRequest;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.GetRequest;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.model.Where;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads that read a whole collection end when their time is over, or when nobody waits for them. */
class LongReadTest {
    private static final int RECORDS = 3_000;
    /** Nothing of it is in the index, so every document is read. */
    private static final Where SLOW = new Where.Document(Where.TextMatch.REGEX, "([a-z]+[0-9]?){50}Z");

    @TempDir
    Path directory;

    private Forebay store;
    private UUID collection;

    @BeforeEach
    void open() {
        store = Forebay.open(directory, TestStores.smallOs());
        collection = TestStores.create(store, "docs");
        RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
        for (int i = 0; i < RECORDS; i++) {
            batch.record("r" + i, new float[]{i, 1, 2}, "lorem ipsum ".repeat(200) + i);
        }
        store.write(collection, batch.build(), WriteOptions.DEFAULT).join();
        store.flush(collection, Position.APPLIED).join();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static void isOver(Throwable failure) {
        assertThat(((ForebayException) failure.getCause()).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    }

    @Test
    void aScanEndsWhenItsTimeIsOver() {
        ReadOptions hurried = ReadOptions.DEFAULT.withTimeoutMillis(1);
        assertThatThrownBy(() -> store.count(collection, null, SLOW, hurried).join())
                .satisfies(LongReadTest::isOver).hasMessageContaining("not done within 1 ms");
        GetRequest get = new GetRequest(null, SLOW, null, 0, Set.of());
        assertThatThrownBy(() -> store.get(collection, get, hurried).join()).satisfies(LongReadTest::isOver);
        assertThat(store.count(collection, ReadOptions.DEFAULT).join()).as("the next one is served")
                .isEqualTo(RECORDS);
    }

    @Test
    void aScanEndsWhenNobodyWaitsForIt() {
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(() -> store
                .count(collection, null, SLOW,
                        ReadOptions.DEFAULT.untilGone(() -> asked.incrementAndGet() > 10))
                .join()).satisfies(LongReadTest::isOver).hasMessageContaining("nobody waits");
        assertThat(asked.get()).as("documents read").isLessThan(20);
    }

    @Test
    void aDeleteIsNotCutShort() {
        assertThat(store.delete(collection, new DeleteRequest(null, SLOW, null), WriteOptions.DEFAULT).join()
                .records())
                .isZero();
    }

    @Test
    void theResultsOfAllQueriesOfARequestCountTogether() {
        List<float[]> many = Collections.nCopies(1 + ReadPath.RESULTS_MAX / RECORDS, new float[]{1, 2, 3});
        assertThatThrownBy(() -> store
                .query(collection, new QueryRequest(many, Integer.MAX_VALUE, null, null, Set.of(), 0),
                        ReadOptions.DEFAULT)
                .join()).hasMessageContaining("limit query.results");
        assertThat(store
                .query(collection, new QueryRequest(many, 1, null, null, Set.of(), 0), ReadOptions.DEFAULT)
                .join()).hasSize(many.size());
    }
}

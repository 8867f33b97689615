package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.Rank;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.SearchRequest;
import io.forebay.model.Select;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one request with searches may cost. */
class SearchLimitsTest {
    @TempDir
    Path directory;

    private Forebay store;
    private UUID collection;

    @BeforeEach
    void open() {
        store = Forebay.open(directory, TestStores.smallOs());
        collection = TestStores.create(store, "docs");
        Forks.write(store, collection, Operation.ADD, "r", 0, 2_000);
        store.flush(collection, Position.APPLIED).join();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static SearchRequest nearest(int... limits) {
        List<Rank> knns = Arrays.stream(limits).<Rank>mapToObj(limit -> new Rank.Knn(
                new Rank.Dense(TestStores.vector(1, Forks.DIMENSION)), Select.EMBEDDING, limit, null, false))
                .toList();
        return SearchRequest.ranked(new Rank.Folded(Rank.Fold.SUM, knns), 1, Select.IDS);
    }

    @Test
    void theLimitsOfAllKnnOfARequestCountTogether() {
        assertThat(store.search(collection, List.of(nearest(600_000), nearest(300_000, 100_000)),
                ReadOptions.DEFAULT).join()).hasSize(2).allMatch(hits -> hits.size() == 1);
        for (List<SearchRequest> tooMuch : List.of(List.of(nearest(600_000), nearest(300_000, 100_001)),
                List.of(nearest(500_001, 500_000)),
                Collections.nCopies(256, nearest(SearchRequest.KNN_LIMIT_MAX)))) {
            assertThatThrownBy(() -> store.search(collection, tooMuch, ReadOptions.DEFAULT).join())
                    .hasMessageContaining("more than 1000000 (limit knn.limits)");
        }
    }

    @Test
    void aRequestThatTakesTooLongIsGivenUpBetweenItsSearches() {
        ReadOptions hurried = new ReadOptions(ReadLevel.INDEX_AND_WAL, 0, 1);
        assertThatThrownBy(
                () -> store.search(collection, Collections.nCopies(256, nearest(3_900)), hurried).join())
                .satisfies(failure -> assertThat(((ForebayException) failure.getCause()).code())
                        .isEqualTo(ErrorCode.DEADLINE_EXCEEDED))
                .hasMessageContaining("The read was not done within 1 ms");
    }
}

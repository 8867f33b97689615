package io.forebay.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.RecordBatch;
import io.forebay.model.Space;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Collections without number that end as soon as they begin. */
class ParallelUploadTest extends FrameServerTest {
    private static final int COLLECTIONS = 50_000;

    private BinaryTransport transport;

    @BeforeEach
    void open() {
        transport = new BinaryTransport(WireSettings.of(builder()), new ClientThreads());
    }

    @AfterEach
    void close() {
        transport.close();
    }

    private Map<CollectionClient, UploadResult> uploaded(List<RecordBatch> each) throws Exception {
        CollectionDescription description = new CollectionDescription(ID, "peps", "t", "d", null,
                Space.L2, 0);
        RetryPolicy once = new RetryPolicy(0, Duration.ZERO, 0, Duration.ZERO);
        Map<CollectionClient, List<RecordBatch>> uploads = new IdentityHashMap<>();
        for (int i = 0; i < COLLECTIONS; i++) {
            uploads.put(new CollectionClient(transport, new Routes("t", "d"), once, description), each);
        }
        return ParallelUpload.start(uploads, ParallelSettings.DEFAULT).get(120, TimeUnit.SECONDS);
    }

    @Test
    void collectionsWithoutBatchesDoNotPileUp() throws Exception {
        assertThat(uploaded(List.of())).hasSize(COLLECTIONS);
    }

    @Test
    void theCollectionsOfAClosedClientDoNotPileUp() throws Exception {
        transport.close();
        Map<CollectionClient, UploadResult> results = uploaded(List.of(batch("a", 1)));
        assertThat(results).hasSize(COLLECTIONS);
        assertThat(results.values()).allSatisfy(result -> assertThat(result.failure())
                .hasMessage("this client is closed"));
    }
}

package io.forebay.server.binary;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.client.Change;
import io.forebay.client.Changes;
import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.client.ParallelSettings;
import io.forebay.client.Session;
import io.forebay.client.UploadResult;
import io.forebay.client.Written;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Hit;
import io.forebay.model.Operation;
import io.forebay.model.QueryRequest;
import io.forebay.model.ReadLevel;
import io.forebay.model.ReadOptions;
import io.forebay.model.RecordBatch;
import io.forebay.model.Space;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of docs/java-client.md, and that the page still shows them. */
class JavaClientExampleTest {
    private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern COMMENT = Pattern.compile("\\s//[^\n]*");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"http", "forebay"})
    void theExamplesDoWhatTheySay(String scheme) {
        try (BothPorts server = new BothPorts(directory)) {
            String address = scheme + "://127.0.0.1:" + server.port(scheme);
            try (ForebayClient client = ForebayClient.connect(address)) {
                CollectionClient docs = client.getOrCreateCollection("docs", CollectionConfig.of(Space.COSINE));
                Written written = docs.write(RecordBatch.builder(Operation.UPSERT)
                        .record("a", new float[]{1, 0}, "first document")
                        .record("b", new float[]{0, 1}, "second document")
                        .build());
                List<Hit> nearest = docs.query(QueryRequest.nearest(new float[]{1, 0}, 10)).get(0);
                assertThat(nearest.get(0).record().document()).isEqualTo("first document");
                assertThat(docs.count(ReadOptions.DEFAULT.withMinSeqId(written.maxSeqId()))).isEqualTo(2);
            }
            try (ForebayClient client = ForebayClient.connect(address)) {
                CollectionClient docs = client.collection("docs");
                sessions(docs);
                changes(docs);
                atOnce(client, docs, client.createCollection("notes", CollectionConfig.DEFAULT));
            }
        }
    }

    private static void sessions(CollectionClient docs) {
        Session session = docs.session();
        session.write(RecordBatch.builder(Operation.ADD).record("c", new float[]{1, 1}).build());
        int count = session.count(ReadOptions.of(ReadLevel.INDEX_ONLY));
        long seen = session.seqId();
        assertThat(count).isEqualTo(3);
        assertThat(seen).isPositive();
    }

    private static void changes(CollectionClient docs) {
        try (Changes changes = docs.changes(1)) {
            Change first = changes.next();
            assertThat(first.batch().id(0)).isEqualTo("a");
            long goOnFrom = changes.nextSeqId();
            assertThat(goOnFrom).isEqualTo(first.maxSeqId() + 1);
        }
    }

    private static void atOnce(ForebayClient client, CollectionClient docs, CollectionClient notes) {
        List<RecordBatch> docBatches = List.of(RecordBatch.builder(Operation.ADD)
                .record("d", new float[]{1, 1}).build());
        List<RecordBatch> noteBatches = List.of(RecordBatch.builder(Operation.ADD)
                .record("n", new float[]{1}).build(),
                RecordBatch.builder(Operation.ADD).record("m", new float[]{1}).build());
        AtomicLong acked = new AtomicLong();
        Map<CollectionClient, UploadResult> results = client.addParallel(
                Map.of(docs, docBatches, notes, noteBatches),
                ParallelSettings.DEFAULT.telling(progress -> acked.set(progress.recordsOfAll())));
        results.forEach((collection, result) -> {
            assertThat(result.failure()).as(collection.name()).isNull();
        });
        assertThat(acked).hasValue(3);
    }

    @Test
    void thePageShowsTheLinesOfTheseExamples() throws Exception {
        Path root = Path.of(System.getProperty("forebay.root"));
        String own = squeeze(Files.readString(root.resolve(
                "server/src/test/java/io/forebay/server/binary/JavaClientExampleTest.java")));
        Matcher examples = EXAMPLE.matcher(Files.readString(root.resolve("docs/java-client.md")));
        int found = 0;
        while (examples.find()) {
            assertThat(own).contains(squeeze(examples.group(1)));
            found++;
        }
        assertThat(found).isEqualTo(4);
    }

    /** Without white space, and without what is said beside the code. */
    private static String squeeze(String text) {
        return COMMENT.matcher(text).replaceAll("").replaceAll("\\s+", "");
    }
}

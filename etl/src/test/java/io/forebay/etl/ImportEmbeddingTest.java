package io.forebay.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.etl.embed.EmbeddingConnection;
import io.forebay.etl.job.DocumentError;
import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.OnDuplicate;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imports whose vectors come from a service, or from the model in this process. */
class ImportEmbeddingTest {
    @TempDir
    Path directory;
    private EmbeddingService service;
    private ImportStore store;

    @BeforeEach
    void open() throws Exception {
        service = new EmbeddingService();
        store = new ImportStore(directory, ImportStore.options(32, 0, service.connection()));
    }

    @AfterEach
    void close() {
        service.close();
        store.close();
    }

    private Job submit(String content, OnDuplicate onDuplicate, String collection) {
        return store.imports
                .submit(ImportStore.request(store.spool("a.jsonl", content), "service", onDuplicate,
                        collection));
    }

    private static String lines(int from, int to, String text) {
        StringBuilder all = new StringBuilder();
        for (int i = from; i < to; i++) {
            all.append("{\"id\":\"d").append(i).append("\",\"text\":\"").append(text).append(i)
                    .append("\"}\n");
        }
        return all.toString();
    }

    @Test
    void textsGetTheVectorsOfTheService() {
        Job job = store.completed(submit(lines(0, 300, "text "), OnDuplicate.SKIP, "docs"));
        assertThat(job.result()).isEqualTo(new Job.Result(300, 0, 0, 0, 0, 300, 0));
        assertThat(store.all().get("d5").embedding()).containsExactly(6, 't');
        assertThat(store.all().get("d205").embedding()).containsExactly(8, 't');
    }

    @Test
    void whatIsThereAlreadyAsksForNoVectorAndUnchangedTextsComeFromTheCache() {
        store.completed(submit(lines(0, 100, "text "), OnDuplicate.SKIP, "docs"));
        Job again = store.completed(submit(lines(0, 100, "text "), OnDuplicate.UPDATE, "docs"));
        assertThat(again.result()).isEqualTo(new Job.Result(0, 0, 0, 100, 0, 0, 0));
        Job elsewhere = store.completed(submit(lines(0, 100, "text "), OnDuplicate.SKIP, "other"));
        assertThat(elsewhere.result()).isEqualTo(new Job.Result(100, 0, 0, 0, 0, 0, 100));
        assertThat(service.texts).hasValue(100);
        assertThat(store.all("other").get("d7").embedding()).isEqualTo(store.all().get("d7").embedding());
    }

    @Test
    void anIdThatComesTwiceIsWrittenTwiceInTheSameOrderAgain() {
        String twice = "{\"id\":\"x\",\"text\":\"one\"}\n{\"id\":\"x\",\"text\":\"three\"}\n";
        for (int i = 0; i < 2; i++) {
            Job job = store.completed(submit(twice, OnDuplicate.UPDATE, "docs"));
            assertThat(job.result().failed()).isZero();
            assertThat(store.all().get("x").document()).isEqualTo("three");
            assertThat(store.all().get("x").embedding()).containsExactly(5, 't');
        }
    }

    @Test
    void aServiceThatIsClosedWhileItEmbedsGoesOnAtTheNextStart() {
        CountDownLatch held = new CountDownLatch(1);
        service.held = held;
        Job job = submit(lines(0, 200, "text "), OnDuplicate.SKIP, "docs");
        await().until(() -> service.calls.get() > 0);
        store.close();
        service.held = null;
        held.countDown();
        store = new ImportStore(directory, ImportStore.options(32, 0, service.connection()));
        assertThat(store.completed(job).result().inserted()).isEqualTo(200);
    }

    @Test
    void aServiceThatIsDownForAWhilePausesTheJob() {
        service.down = true;
        Job job = submit(lines(0, 100, "text "), OnDuplicate.SKIP, "docs");
        await().until(
                () -> store.imports.job(job.id()).phase().startsWith("waiting for the embedding service"));
        assertThat(store.imports.job(job.id()).state()).isEqualTo(JobState.PROCESSING);
        service.down = false;
        Job ended = store.completed(job);
        assertThat(ended.result()).isEqualTo(new Job.Result(100, 0, 0, 0, 0, 100, 0));
    }

    @Test
    void aJobThatWaitsForTheServiceIsCancelled() {
        service.down = true;
        Job job = submit(lines(0, 100, "text "), OnDuplicate.SKIP, "docs");
        await().until(
                () -> store.imports.job(job.id()).phase().startsWith("waiting for the embedding service"));
        store.imports.cancel(job.id(), false);
        assertThat(store.ended(job.id()).state()).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void aJobWhoseCallsHangIsCancelled() {
        service.held = new CountDownLatch(1);
        Job job = submit(lines(0, 100, "text "), OnDuplicate.SKIP, "docs");
        await().until(() -> service.calls.get() > 0);
        store.imports.cancel(job.id(), false);
        assertThat(store.ended(job.id()).state()).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void aTextThatTheServiceRefusesFailsAlone() {
        Job job = store.completed(submit(
                lines(0, 40, "text ") + "{\"id\":\"bad\",\"text\":\"a refused one\"}\n"
                        + lines(40, 80, "text "),
                OnDuplicate.SKIP, "docs"));
        assertThat(job.result().inserted()).isEqualTo(80);
        assertThat(store.imports.errors(job.id(), -1, 10)).singleElement().satisfies(error -> {
            assertThat(error.id()).isEqualTo("bad");
            assertThat(error.line()).isEqualTo(41);
            assertThat(error.reason()).contains("not to my taste");
        });
    }

    @Test
    void aServiceThatRefusesEverythingEndsTheJobByItsCapOnErrorsWithFewCalls() {
        Job job = store.ended(submit(lines(0, 2000, "refused "), OnDuplicate.SKIP, "docs").id());
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.error()).isNotNull();
        assertThat(job.error().message()).contains("imports.max_errors").contains("not to my taste");
        assertThat(service.calls.get()).isLessThan(400);
        assertThat(store.imports.errors(job.id(), -1, 1)).extracting(DocumentError::reason)
                .allMatch(reason -> reason.contains("not to my taste"));
    }

    @Test
    void aModelOfAnotherDimensionThanTheCollectionsFailsTheJobAtOnce() {
        store.completed(submit(lines(0, 10, "text "), OnDuplicate.SKIP, "docs"));
        Job job = store.ended(
                store.imports.submit(ImportStore.request(store.spool("a.jsonl", lines(10, 300, "text ")),
                        EmbeddingConnection.LOCAL, OnDuplicate.SKIP, "docs")).id());
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.error()).isNotNull();
        assertThat(job.error().message()).contains("384").contains("2");
        assertThat(job.result().failed()).isZero();
    }

    @Test
    void theModelInThisProcessMakesVectorsOf384Numbers() {
        Job job = store.completed(store.imports.submit(ImportStore.request(
                store.spool("a.csv",
                        "id,text\n1,How are tuples unpacked?\n2,\"Syntax, errors\nand exceptions\"\n"),
                EmbeddingConnection.LOCAL, OnDuplicate.SKIP, "docs")));
        assertThat(job.result()).isEqualTo(new Job.Result(2, 0, 0, 0, 0, 2, 0));
        assertThat(store.all().get("2")).satisfies(record -> {
            assertThat(record.document()).isEqualTo("Syntax, errors\nand exceptions");
            assertThat(record.embedding()).hasSize(384);
        });
    }
}

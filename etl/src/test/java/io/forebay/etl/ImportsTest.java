package io.forebay.etl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.engine.CollectionChange;
import io.forebay.engine.WriteOptions;
import io.forebay.etl.commit.CommitInfo;
import io.forebay.etl.commit.History;
import io.forebay.etl.embed.TraceContext;
import io.forebay.etl.job.DocumentError;
import io.forebay.etl.job.ImportRequest;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Space;
import io.forebay.etl.job.Job;
import io.forebay.etl.job.JobState;
import io.forebay.etl.job.OnDuplicate;
import io.forebay.etl.pipeline.EngineWriterProbe;
import io.forebay.model.Database;
import io.forebay.model.DeleteRequest;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.MetadataValue;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The import service on a real engine, with vectors in the files. */
class ImportsTest {
    @TempDir
    Path directory;
    private ImportStore store;

    @BeforeEach
    void open() {
        store = new ImportStore(directory, ImportStore.options(16, 0));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen(int chunk, long memoryThreshold) {
        store.close();
        store = new ImportStore(directory, ImportStore.options(chunk, memoryThreshold));
    }

    @Test
    void aFileBecomesASearchableCollectionWithACommit() {
        Job submitted = store.submit(ImportStore.lines(0, 100, "text "));
        assertThat(submitted.state()).isEqualTo(JobState.PENDING);
        assertThat(submitted.id().version()).isEqualTo(7);
        Job job = store.completed(submitted);
        assertThat(job.result()).isEqualTo(new Job.Result(100, 0, 0, 0, 0, 0, 0));
        assertThat(job.progress().processed()).isEqualTo(100);
        assertThat(job.progress().total()).isEqualTo(100);
        assertThat(job.progress().percentage()).isEqualTo(100);
        assertThat(job.progress().bytesProcessed()).isEqualTo(job.progress().bytesTotal());
        Map<String, StoredRecord> all = store.all();
        assertThat(all).hasSize(100);
        assertThat(all.get("d7")).satisfies(record -> {
            assertThat(record.document()).isEqualTo("text 7");
            assertThat(record.embedding()).containsExactly(7.5f, 1);
            assertThat(record.metadata()).containsExactly(Map.entry("n", MetadataValue.of(7)));
        });
        store.linked();
        await().until(() -> store.imports.job(job.id()).progress().indexed() == 100);
        CommitInfo commit = store.imports.history().commit(store.collection(), "main");
        assertThat(job.commit()).isEqualTo(commit.id());
        assertThat(commit).satisfies(c -> {
            assertThat(c.inserted()).isEqualTo(100);
            assertThat(c.message()).isEqualTo("a message");
            assertThat(c.author()).isEqualTo("an author");
            assertThat(c.job()).isEqualTo(job.id());
        });
        await().until(() -> isEmpty(directory.resolve("imports/spool")));
    }

    private static boolean isEmpty(Path folder) throws Exception {
        try (var files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    @Test
    void documentsThatFailAreToldAndDoNotStopTheOthersAndARetryTakesOnlyThem() {
        String content = ImportStore.lines(0, 20, "t") + "{\"id\":\n"
                + "{\"id\":\"x\",\"text\":\"no vector\"}\n"
                + "{\"id\":\"y\",\"text\":\"three\",\"embedding\":[1,2,3]}\n"
                + ImportStore.lines(20, 40, "t");
        Job job = store.completed(store.submit(content));
        assertThat(job.result().inserted()).isEqualTo(40);
        assertThat(job.result().failed()).isEqualTo(3);
        List<DocumentError> errors = store.imports.errors(job.id(), -1, 10);
        assertThat(errors).extracting(DocumentError::line).containsExactly(21L, 22L, 23L);
        assertThat(errors).extracting(DocumentError::id).containsExactly(null, "x", "y");
        assertThat(errors.get(2).reason()).contains("3").contains("2");
        Job again = store.ended(store.imports.retry(job.id(), "test", TraceContext.NONE).id());
        assertThat(again.state()).isEqualTo(JobState.FAILED);
        assertThat(again.error()).isNotNull();
        assertThat(again.error().message()).contains("Not one of 3 documents");
        assertThat(again.retryOf()).isEqualTo(job.id());
        assertThat(again.result()).isEqualTo(new Job.Result(0, 0, 0, 0, 3, 0, 0));
        assertThat(again.progress().processed()).isEqualTo(3);
        assertThat(store.all()).hasSize(40);
    }

    @Test
    void aRetryDoesNotGoIntoACollectionOfAnotherSpace() {
        ImportRequest l2 = ImportStore.request(store.spool("a.jsonl", ImportStore.lines(0, 20, "t") + "{\n"),
                null,
                OnDuplicate.SKIP, ImportStore.COLLECTION);
        Job job = store.completed(store.imports.submit(new ImportRequest(l2.tenant(), l2.database(),
                l2.collection(), Space.L2, l2.source(), null, null, l2.schema(), l2.onDuplicate(), null, null,
                "test")));
        store.engine.deleteCollection(l2.tenant(), l2.database(), l2.collection()).join();
        store.engine.createCollection(l2.tenant(), l2.database(), l2.collection(), null,
                CollectionConfig.of(Space.COSINE), false).join();
        Job again = store.ended(store.imports.retry(job.id(), "test", TraceContext.NONE).id());
        assertThat(again.state()).isEqualTo(JobState.FAILED);
        assertThat(again.error()).isNotNull();
        assertThat(again.error().message()).contains("has space cosine, not l2");
    }

    @Test
    void moreErrorsThanTheCapFailTheJobAndARetryGoesOnBehindIt() {
        StringBuilder content = new StringBuilder(ImportStore.lines(0, 32, "t"));
        content.append("{\n".repeat(150)).append(ImportStore.lines(32, 64, "t"));
        Job job = store.ended(store.submit(content.toString()).id());
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.error()).isNotNull();
        assertThat(job.error().message()).contains("100").contains("imports.max_errors");
        assertThat(job.error().failedAt()).isEqualTo("loading");
        assertThat(job.commit()).isNotNull();
        assertThat(store.all()).hasSize(32);
        Job again = store.ended(store.imports.retry(job.id(), "test", TraceContext.NONE).id());
        assertThat(again.state()).isEqualTo(JobState.FAILED);
        Job third = store.ended(store.imports.retry(again.id(), "test", TraceContext.NONE).id());
        assertThat(third.progress().processed()).isPositive();
    }

    @Test
    void whatIsThereIsSkippedOrReplacedAsAsked() {
        store.completed(store.submit("{\"id\":\"a\",\"text\":\"one\",\"x\":1,\"y\":2,\"embedding\":[1,1]}\n"
                + "{\"id\":\"b\",\"text\":\"two\",\"embedding\":[2,2]}\n"));
        String changed = "{\"id\":\"a\",\"text\":\"uno\",\"x\":9,\"embedding\":[3,3]}\n"
                + "{\"id\":\"b\",\"text\":\"two\",\"embedding\":[2,2]}\n"
                + "{\"id\":\"c\",\"text\":\"three\",\"embedding\":[4,4]}\n";
        assertThat(store.completed(store.submit(changed, OnDuplicate.SKIP)).result())
                .isEqualTo(new Job.Result(1, 0, 0, 2, 0, 0, 0));
        assertThat(store.all().get("a").document()).isEqualTo("one");
        assertThat(store.completed(store.submit(changed, OnDuplicate.UPDATE)).result())
                .isEqualTo(new Job.Result(0, 1, 0, 2, 0, 0, 0));
        assertThat(store.all().get("a")).satisfies(record -> {
            assertThat(record.document()).isEqualTo("uno");
            assertThat(record.metadata()).containsExactly(Map.entry("x", MetadataValue.of(9)));
            assertThat(record.embedding()).containsExactly(3, 3);
        });
    }

    @Test
    void anIdThatComesTwiceInAFileIsAddedOnceAndTheLastOneWinsWhereUpdatesAreAsked() {
        String content = "{\"id\":\"a\",\"text\":\"one\",\"x\":1,\"embedding\":[1,1]}\n"
                + "{\"id\":\"a\",\"text\":\"two\",\"embedding\":[2,2]}\n" + ImportStore.lines(0, 40, "t")
                + "{\"id\":\"a\",\"text\":\"three\",\"y\":3,\"embedding\":[3,3]}\n";
        assertThat(store.completed(store.submit(content, OnDuplicate.UPDATE)).result())
                .isEqualTo(new Job.Result(41, 2, 0, 0, 0, 0, 0));
        assertThat(store.all().get("a").document()).isEqualTo("three");
        assertThat(store.all().get("a").metadata()).containsOnlyKeys("y");
        CommitInfo commit = store.imports.history().commit(store.collection(), "main");
        assertThat(commit.inserted()).isEqualTo(41);
        assertThat(commit.updated()).isZero();
        assertThat(store.completed(store.submit(content, OnDuplicate.SKIP)).result().skipped()).isEqualTo(43);
    }

    @Test
    void documentsWithoutIdsAreFoundAgainByTheirContent() {
        String content = "{\"text\":\"one\",\"embedding\":[1,1]}\n{\"text\":\"two\",\"embedding\":[2,2]}\n"
                + "{\"text\":\"one\",\"embedding\":[1,1]}\n";
        assertThat(store.completed(store.submit(content)).result())
                .isEqualTo(new Job.Result(2, 0, 0, 1, 0, 0, 0));
        assertThat(store.completed(store.submit(content)).result())
                .isEqualTo(new Job.Result(0, 0, 0, 3, 0, 0, 0));
    }

    @Test
    void aCancelledJobKeepsWhatItLoadedAndRevertTakesItAway() {
        reopen(16, 1);
        store.completed(store.submit(ImportStore.lines(500, 510, "before ")));
        Job job = store.submit(ImportStore.lines(0, 400, "t"));
        await().until(() -> store.imports.job(job.id()).progress().processed() >= 32);
        store.imports.cancel(job.id(), true);
        Job ended = store.ended(job.id());
        assertThat(ended.state()).isEqualTo(JobState.CANCELLED);
        assertThat(ended.result().inserted()).isBetween(32L, 399L);
        assertThat(ended.commit()).isNotNull();
        await().until(() -> store.imports.jobs(null, null, null, null, 0, 10).total() == 3);
        Job undo = store.imports.jobs(null, null, null, null, 0, 1).jobs().getFirst();
        assertThat(store.completed(undo).result().deleted()).isEqualTo(ended.result().inserted());
        assertThat(store.all()).hasSize(10);
        assertThat(store.imports.history().commit(store.collection(), "main").revertOf())
                .isEqualTo(ended.commit());
    }

    @Test
    void aJobThatGoesOnAfterARestartAndIsCancelledBeforeIsUndoneToo() {
        reopen(16, 1);
        Job other = store.submit(ImportStore.lines(900, 1300, "other "));
        await().until(() -> store.imports.job(other.id()).progress().processed() >= 16);
        Job behind = store.submit(ImportStore.lines(0, 10, "t"));
        reopen(16, 1);
        Job cancelled = store.imports.cancel(other.id(), true);
        assertThat(cancelled.cancelling() || cancelled.state() == JobState.CANCELLED).isTrue();
        Job ended = store.ended(other.id());
        assertThat(ended.state()).isEqualTo(JobState.CANCELLED);
        assertThat(ended.cancelling()).isFalse();
        assertThat(ended.commit()).isNotNull();
        assertThat(ended.result().inserted()).isPositive();
        store.completed(behind);
        await().until(() -> store.imports.jobs(JobState.COMPLETED, null, null, null, 0, 10).total() == 2);
        assertThat(store.all()).hasSize(10);
    }

    @Test
    void aRowThatCannotReplaceARecordLeavesItAsItIs() {
        store.completed(store.submit(ImportStore.line(1, "one")));
        store.engine.write(store.collection(), RecordBatch.builder(Operation.UPSERT)
                .record("d1", new float[]{1, 2}, "one", null, "file:a").build(), WriteOptions.DEFAULT).join();
        Job job = store.completed(store.submit(
                "{\"id\":\"d1\",\"text\":\"uno\",\"embedding\":[1,2,3]}\n" + ImportStore.line(2, "two"),
                OnDuplicate.UPDATE));
        assertThat(job.result().failed()).isEqualTo(1);
        assertThat(store.imports.errors(job.id(), -1, 1).getFirst().reason()).contains("3 components");
        assertThat(store.all().get("d1").uri()).isEqualTo("file:a");
    }

    @Test
    void anImportIntoACollectionThatIsRenamedMeanwhileGoesOnAndAnotherOneIntoTheNewNameWaits() {
        reopen(16, 1);
        Job job = store.submit(ImportStore.lines(0, 100, "t"));
        await().until(() -> store.imports.job(job.id()).progress().processed() >= 16);
        store.engine.updateCollection(store.collection(), CollectionChange.NONE.withName("renamed")).join();
        Job other = store.imports
                .submit(ImportStore.request(store.spool("a.jsonl", ImportStore.lines(0, 120, "t")),
                        null, OnDuplicate.SKIP, "renamed"));
        assertThat(store.completed(job).result().inserted()).isEqualTo(100);
        assertThat(store.completed(other).result()).isEqualTo(new Job.Result(20, 0, 0, 100, 0, 0, 0));
    }

    @Test
    void aWriteWhoseKeyIsTakenByAnotherIsMadeAllTheSame() throws Exception {
        store.completed(store.submit(ImportStore.line(1, "one")));
        EngineWriterProbe.twoWritesUnderOneKey(store.engine, store.collection());
        assertThat(store.all()).containsOnlyKeys("d1", "x", "y");
    }

    @Test
    void aJobThatWaitsIsCancelledAtOnce() {
        reopen(16, 1);
        Job first = store.submit(ImportStore.lines(0, 200, "t"));
        Job second = store.submit(ImportStore.lines(200, 300, "t"));
        await().until(() -> store.imports.job(first.id()).state() == JobState.PROCESSING);
        assertThat(store.imports.cancel(second.id(), false).state()).isEqualTo(JobState.CANCELLED);
        assertThat(store.imports.job(first.id()).state()).isEqualTo(JobState.PROCESSING);
        store.imports.cancel(first.id(), false);
        assertThat(store.ended(first.id()).state()).isEqualTo(JobState.CANCELLED);
        assertThat(store.imports.cancel(first.id(), false).state()).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void jobsOfOneCollectionRunOneAfterTheOtherInTheirOrder() {
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            jobs.add(store.submit(ImportStore.lines(i * 50, i * 50 + 100, "t"), OnDuplicate.UPDATE));
        }
        jobs.replaceAll(store::completed);
        assertThat(jobs).extracting(job -> job.result().inserted()).containsExactly(100L, 50L, 50L, 50L);
        assertThat(jobs).extracting(job -> job.result().skipped()).containsExactly(0L, 50L, 50L, 50L);
        for (int i = 1; i < jobs.size(); i++) {
            assertThat(jobs.get(i).startedMillis()).isGreaterThanOrEqualTo(jobs.get(i - 1).endedMillis());
        }
        assertThat(store.imports.history().log(store.collection(), 0, 10).commits())
                .extracting(CommitInfo::job)
                .containsExactlyElementsOf(jobs.reversed().stream().map(Job::id).toList());
    }

    @Test
    void aCollectionThatIsDeletedMeanwhileFailsItsJobWithThatReason() {
        reopen(16, 1);
        Job job = store.submit(ImportStore.lines(0, 400, "t"));
        await().until(() -> store.imports.job(job.id()).progress().processed() >= 16);
        store.engine
                .deleteCollection(Database.DEFAULT_TENANT, Database.DEFAULT_DATABASE, ImportStore.COLLECTION)
                .join();
        Job ended = store.ended(job.id());
        assertThat(ended.state()).isEqualTo(JobState.FAILED);
        assertThat(ended.error()).isNotNull();
        assertThat(ended.error().message()).contains("collection was deleted while the job ran");
    }

    @Test
    void aJobGoesOnAfterTheServiceWasClosedInTheMiddle() {
        reopen(16, 1);
        Job job = store.submit(ImportStore.lines(0, 200, "t"));
        await().until(() -> store.imports.job(job.id()).progress().processed() >= 32);
        reopen(64, 0);
        Job ended = store.completed(job);
        assertThat(ended.result().inserted()).isEqualTo(200);
        assertThat(ended.progress().processed()).isEqualTo(200);
        assertThat(store.all()).hasSize(200);
        assertThat(store.imports.history().log(store.collection(), 0, 10).total()).isEqualTo(1);
    }

    @Test
    void aCommitIsUndoneUnlessItsRowsWereChangedSince() {
        store.completed(store.submit("{\"id\":\"a\",\"text\":\"one\",\"x\":1,\"embedding\":[1,1]}\n"));
        Job change = store.completed(store.submit(
                "{\"id\":\"a\",\"text\":\"uno\",\"embedding\":[2,2]}\n{\"id\":\"b\",\"text\":\"b\",\"embedding\":[5,5]}\n",
                OnDuplicate.UPDATE));
        String commit = change.commit();
        UUID collection = store.collection();
        store.engine.delete(collection, DeleteRequest.ofIds("b"), WriteOptions.DEFAULT)
                .join();
        store.imports.history().log(collection, 0, 1);
        assertThatThrownBy(() -> store.imports.revert(collection, commit, false, null, null, "test"))
                .isInstanceOfSatisfying(ForebayException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
                    assertThat(e).hasMessageStartingWith("1 rows");
                });
        Job undo = store.completed(store.imports.revert(collection, commit, true, "sorry", null, "test"));
        assertThat(store.all()).containsOnlyKeys("a");
        assertThat(store.all().get("a")).satisfies(record -> {
            assertThat(record.document()).isEqualTo("one");
            assertThat(record.metadata()).containsOnlyKeys("x");
            assertThat(record.embedding()).containsExactly(1, 1);
        });
        List<CommitInfo> log = store.imports.history().log(collection, 0, 10).commits();
        assertThat(log).extracting(CommitInfo::kind).containsExactly(CommitInfo.Kind.REVERT,
                CommitInfo.Kind.IMPLICIT, CommitInfo.Kind.IMPORT, CommitInfo.Kind.IMPORT);
        assertThat(log.getFirst().message()).isEqualTo("sorry");
        assertThat(undo.commit()).isEqualTo(log.getFirst().id());
        History history = store.imports.history();
        assertThat(history.rows(collection, String.valueOf(commit), null, null, 10))
                .extracting(StoredRecord::document).containsExactly("uno", "b");
    }

    @Test
    void whatIsWrongIsToldBeforeThereIsAJobAndLeavesNoFile() throws Exception {
        assertThatThrownBy(() -> store.imports
                .submit(ImportStore.request(store.spool("a.doc", "x"), null, OnDuplicate.SKIP, "docs")))
                .isInstanceOfSatisfying(ForebayException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_MEDIA_TYPE));
        assertThatThrownBy(() -> store.imports
                .submit(ImportStore.request(store.spool("a.parquet", "xxxx"), null, OnDuplicate.SKIP,
                        "docs")))
                .isInstanceOfSatisfying(ForebayException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNPROCESSABLE));
        assertThatThrownBy(() -> store.imports
                .submit(ImportStore.request(store.spool("a.jsonl", "{}\n"), "nope", OnDuplicate.SKIP,
                        "docs")))
                .isInstanceOf(ForebayException.class).hasMessageContaining("nope");
        assertThatThrownBy(() -> store.imports
                .submit(ImportStore.request(store.spool("a.jsonl", "{}\n"), null, OnDuplicate.SKIP, "a b")))
                .isInstanceOf(ForebayException.class).hasMessageContaining("a b");
        assertThat(isEmpty(directory.resolve("imports/spool"))).isTrue();
        assertThat(store.imports.jobs(null, null, null, null, 0, 10).total()).isZero();
        assertThatThrownBy(() -> store.imports.job(UUID.randomUUID())).isInstanceOfSatisfying(
                ForebayException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }

    @Test
    void followersAreToldUntilEverythingIsIndexed() {
        Job job = store.submit(ImportStore.lines(0, 50, "t"));
        AtomicInteger told = new AtomicInteger();
        try (Imports.Following following = store.imports.follow(job.id(), told::incrementAndGet)) {
            assertThat(told).hasPositiveValue();
            store.completed(job);
            await().until(() -> store.imports.job(job.id()).progress().indexed() == 50);
            int then = told.get();
            await().until(() -> told.get() > then);
        }
    }

    @Test
    void jobsAreListedNewestFirstAndFiltered() {
        Job one = store.completed(store.submit(ImportStore.lines(0, 3, "t")));
        Job two = store.completed(store.imports.submit(ImportStore
                .request(store.spool("a.jsonl", ImportStore.lines(0, 3, "t")), null, OnDuplicate.SKIP,
                        "other")));
        assertThat(ids(store.imports.jobs(null, null, null, null, 0, 10))).containsExactly(two.id(),
                one.id());
        assertThat(ids(store.imports.jobs(null, null, null, null, 1, 10))).containsExactly(one.id());
        assertThat(ids(store.imports.jobs(null, null, null, "other", 0, 10))).containsExactly(two.id());
        assertThat(
                ids(store.imports.jobs(null, null, null, null, r -> r.collection().equals("other"), 0, 10)))
                .containsExactly(two.id());
        assertThat(ids(store.imports.jobs(JobState.FAILED, null, null, null, 0, 10))).isEmpty();
        assertThat(store.imports.stats().jobs().get(JobState.COMPLETED)).isEqualTo(2);
    }

    private static List<UUID> ids(Imports.JobPage page) {
        return page.jobs().stream().map(Job::id).toList();
    }
}

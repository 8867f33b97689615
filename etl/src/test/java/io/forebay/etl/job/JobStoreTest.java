package io.forebay.etl.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.etl.db.ImportDatabase;
import io.forebay.etl.db.ImportDatabase.Family;
import io.forebay.etl.embed.TraceContext;
import io.forebay.model.ForebayException;
import io.forebay.model.Space;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.WriteBatch;

class JobStoreTest {
    @TempDir
    Path directory;

    private static ImportRequest request(JobSource source) {
        return request(source, null);
    }

    private static ImportRequest request(JobSource source, @Nullable Space space) {
        return new ImportRequest("tenant", "database", "docs", space, source, "local", null,
                new ImportSchema(List.of("title", "text"), "id", List.of("pep"), null), OnDuplicate.UPDATE,
                "a message with ü", null, "127.0.0.1", new TraceContext(
                        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "vendor=1"));
    }

    private static List<JobSource> sources() {
        return List.of(new JobSource.Spooled("a.jsonl", "1.upload", null, null, "latin1"),
                new JobSource.Spooled("a.npy", "1.upload", "a.jsonl", "2.upload", null),
                new JobSource.Remote("s3://bucket/key", null),
                new JobSource.Paged("launchpad_bugs", Map.of("project", "inkscape", "a", "b")),
                new JobSource.Awaited("imports/1/a.csv", "a.csv", 123), new JobSource.Undo("c0ffee", true));
    }

    private static JobStatus status() {
        JobStatus status = new JobStatus();
        status.state = JobState.FAILED;
        status.phase = "failed";
        status.collectionId = UUID.randomUUID();
        status.fetchedName = "bugs.jsonl";
        status.afterId = "row 7";
        status.nextOrdinal = 17;
        status.intendedOrdinal = 20;
        status.processed = 17;
        status.inserted = 9;
        status.lastSeqId = 1L << 40;
        status.error = "x".repeat(100_000);
        status.commit = "abc";
        status.memory.add(new Job.MemoryMark("loading", 1, 2, 3, 4));
        return status;
    }

    @Test
    void everythingThatIsKeptOfAJobIsReadBackAfterARestart() {
        List<UUID> ids = new ArrayList<>();
        JobStatus status = status();
        try (ImportDatabase db = ImportDatabase.open(directory, 1 << 20)) {
            JobStore store = new JobStore(db);
            for (JobSource source : sources()) {
                UUID id = JobIds.next();
                ids.addFirst(id);
                store.create(id, request(source), 42, ids.size() > 1 ? ids.getLast() : null, status);
            }
        }
        try (ImportDatabase db = ImportDatabase.open(directory, 1 << 20)) {
            List<JobStore.Kept> found = new ArrayList<>();
            new JobStore(db).visit(found::add);
            assertThat(found).extracting(JobStore.Kept::id).containsExactlyElementsOf(ids);
            assertThat(found.reversed()).extracting(kept -> kept.request().source())
                    .containsExactlyElementsOf(sources());
            assertThat(found).allSatisfy(kept -> {
                assertThat(kept.request()).isEqualTo(request(kept.request().source()));
                assertThat(kept.createdMillis()).isEqualTo(42);
                assertThat(kept.status()).usingRecursiveComparison().isEqualTo(status);
            });
            assertThat(found.getFirst().retryOf()).isEqualTo(ids.getLast());
        }
    }

    @Test
    void theSpaceThatWasAskedForIsKept() {
        try (ImportDatabase db = ImportDatabase.open(directory, 1 << 20)) {
            JobStore store = new JobStore(db);
            for (Space space : Space.values()) {
                UUID id = JobIds.next();
                ImportRequest asked = request(sources().getFirst(), space);
                store.create(id, asked, 42, null, new JobStatus());
                assertThat(store.find(id)).extracting(JobStore.Kept::request).isEqualTo(asked);
            }
        }
    }

    @Test
    void errorsOfAJobComeInTheOrderOfTheFileAndGoWithIt() throws Exception {
        try (ImportDatabase db = ImportDatabase.open(directory, 1 << 20)) {
            JobStore store = new JobStore(db);
            UUID id = JobIds.next();
            UUID other = JobIds.next();
            store.create(id, request(sources().getFirst()), 1, null, new JobStatus());
            try (WriteBatch batch = new WriteBatch()) {
                for (long ordinal : new long[]{300, 2, 70_000}) {
                    store.put(batch, id, new DocumentError(ordinal, ordinal + 1, "sheet", null, "why"));
                }
                store.put(batch, other, new DocumentError(1, 2, null, "id", "why"));
                db.write(batch, false);
            }
            assertThat(store.errors(id, -1, 10)).extracting(DocumentError::ordinal).containsExactly(2L, 300L,
                    70_000L);
            assertThat(store.errors(id, 2, 1)).extracting(DocumentError::ordinal).containsExactly(300L);
            store.delete(id);
            assertThat(store.errors(id, -1, 10)).isEmpty();
            assertThat(store.find(id)).isNull();
            assertThat(store.errors(other, -1, 10)).hasSize(1);
        }
    }

    @Test
    void whatAnErrorSaysOfADocumentIsCut() throws Exception {
        String pair = "\uD83D\uDE00";
        DocumentError error = new DocumentError(1, 2, null, "i" + pair.repeat(1_000), "r".repeat(70_000));
        assertThat(error.id()).isEqualTo("i" + pair.repeat(127));
        assertThat(error.reason()).isEqualTo("r".repeat(1_000));
        assertThat(new DocumentError(1, 2, null, null, "why").id()).isNull();
        try (ImportDatabase db = ImportDatabase.open(directory, 1 << 20);
                WriteBatch batch = new WriteBatch()) {
            JobStore store = new JobStore(db);
            UUID id = JobIds.next();
            store.put(batch, id, error);
            db.write(batch, false);
            assertThat(store.errors(id, -1, 2)).containsExactly(error);
        }
    }

    @Test
    void aRowOfBeforeTracesWereKeptIsRead() {
        byte[] now = JobCodec.bytes(new JobCodec.Asked(request(sources().getFirst()), 42, null));
        TraceContext trace = request(sources().getFirst()).trace();
        int traceBytes = 2 * Integer.BYTES + trace.traceparent().length() + trace.tracestate().length();
        JobCodec.Asked before = JobCodec.asked(Arrays.copyOf(now, now.length - traceBytes));
        assertThat(before.request().client()).isEqualTo("127.0.0.1");
        assertThat(before.request().trace()).isEqualTo(TraceContext.NONE);
        assertThatThrownBy(() -> JobCodec.asked(Arrays.copyOf(now, now.length - 3)))
                .hasMessageContaining("damaged");
    }

    @Test
    void aDamagedRowIsToldAndNotMisread() {
        try (ImportDatabase db = ImportDatabase.open(directory, 1 << 20)) {
            byte[] bytes = JobCodec.bytes(status());
            assertThatThrownBy(() -> JobCodec.status(Arrays.copyOf(bytes, bytes.length / 2)))
                    .isInstanceOf(ForebayException.class).hasMessageContaining("damaged");
            bytes[0] = 9;
            assertThatThrownBy(() -> JobCodec.status(bytes)).hasMessageContaining("version 9");
            assertThat(db.get(Family.JOBS, new byte[]{1})).isNull();
        }
    }

    @Test
    void aJobThatCannotBeReadIsPassedOverAndTheOthersAreShown() throws Exception {
        try (ImportDatabase db = ImportDatabase.open(directory, 1 << 20)) {
            JobStore store = new JobStore(db);
            List<UUID> ids = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ids.add(JobIds.next());
                store.create(ids.get(i), request(sources().getFirst()), i, null, new JobStatus());
            }
            damage(db, 's', ids.get(1));
            damage(db, 'r', ids.get(2));
            for (int i = 0; i < 2; i++) {
                List<UUID> shown = new ArrayList<>();
                new JobStore(db).visit(kept -> shown.add(kept.id()));
                assertThat(shown).containsExactly(ids.get(3), ids.get(0));
            }
            JobStore again = new JobStore(db);
            assertThat(again.counts()).containsEntry(JobState.PENDING, 2L);
            again.delete(ids.get(1));
            assertThat(again.counts()).containsEntry(JobState.PENDING, 2L);
            assertThatThrownBy(() -> again.find(ids.get(2))).hasMessageContaining("damaged");
            assertThatThrownBy(() -> again.visit(kept -> {
                throw new ForebayException(io.forebay.model.ErrorCode.INTERNAL, "of the visitor");
            })).hasMessage("of the visitor");
        }
    }

    private static void damage(ImportDatabase db, char kind, UUID id) {
        byte[] key = java.nio.ByteBuffer.allocate(17).put((byte) kind).put(JobIds.bytes(id)).array();
        assertThat(db.get(Family.JOBS, key)).isNotNull();
        db.put(Family.JOBS, key, new byte[]{1, 2}, false);
    }

    @Test
    void aNewerDatabaseIsRefused() throws Exception {
        Files.writeString(directory.resolve("FORMAT"), "forebay-imports 2\n");
        assertThatThrownBy(() -> ImportDatabase.open(directory, 1 << 20)).isInstanceOf(ForebayException.class)
                .hasMessageContaining("forebay-imports 2");
    }

    @Test
    void idsAreOfVersion7AndInTheOrderInWhichTheyWereMade() {
        UUID before = JobIds.next();
        for (int i = 0; i < 20_000; i++) {
            UUID next = JobIds.next();
            assertThat(next.version()).isEqualTo(7);
            assertThat(next.variant()).isEqualTo(2);
            assertThat(Long.compareUnsigned(next.getMostSignificantBits(), before.getMostSignificantBits()))
                    .isPositive();
            before = next;
        }
    }
}

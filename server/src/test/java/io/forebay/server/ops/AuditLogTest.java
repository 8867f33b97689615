package io.forebay.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.forebay.server.auth.Principal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    @TempDir
    Path folder;

    private final ScheduledExecutorService thread = OpsThreads.one();

    @AfterEach
    void stop() {
        thread.shutdownNow();
    }

    private AuditLog open(Path file, long bytesMax, int filesMax) {
        return AuditLog.at(file, bytesMax, filesMax, thread);
    }

    private static Asked asked(String id, int status, Notes notes) {
        return new Asked("POST", "/x", id, null, null, Principal.ANYBODY, "127.0.0.1", status, 1, null, null,
                notes);
    }

    private static void isJson(String line) {
        try (JsonParser in = new JsonFactory().createParser(line)) {
            while (in.nextToken() != null) {
                continue;
            }
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    @Test
    void aLineSaysWhoDidWhatAndHowItWent() throws IOException {
        Path file = folder.resolve("audit/audit.log");
        AuditLog log = open(file, 1 << 20, 3);
        Notes notes = new Notes();
        notes.put("name", "do\n\"cs\"\u2028");
        notes.put("records", 3);
        log.answered("collection.drop", asked("r-1", 200, notes));
        log.answered("collection.drop", asked("r-2", 404, new Notes()));
        log.answered("collection.drop", asked("r-3", 503, new Notes()));
        log.happened("server.stop", Map.of());
        log.close();
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(4).allSatisfy(AuditLogTest::isJson);
        assertThat(lines.get(0)).startsWith("{\"v\":1,\"time\":\"").contains("\"result\":\"done\"",
                "\"action\":\"collection.drop\"", "\"request_id\":\"r-1\"", "\"name\":\"do\\n\\\"cs\\\"",
                "\"records\":3",
                "\"address\":\"127.0.0.1\"");
        assertThat(lines.get(1)).contains("\"result\":\"refused\"");
        assertThat(lines.get(2)).contains("\"result\":\"failed\"");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void filesAreSetAsideBySizeAndTheOldestGo() throws IOException {
        Path file = folder.resolve("audit.log");
        AuditLog log = open(file, 1000, 3);
        for (int i = 0; i < 40; i++) {
            log.answered("a", asked("r-" + i, 200, new Notes()));
        }
        log.close();
        try (var all = Files.list(folder)) {
            assertThat(all.map(p -> p.getFileName().toString())).containsExactlyInAnyOrder("audit.log",
                    "audit.log.1", "audit.log.2");
        }
        assertThat(Files.size(file)).isLessThanOrEqualTo(1000);
        List<String> newest = Files.readAllLines(file);
        assertThat(newest.getLast()).contains("\"r-39\"");
        List<String> before = Files.readAllLines(folder.resolve("audit.log.1"));
        assertThat(before).isNotEmpty().allSatisfy(AuditLogTest::isJson);
    }

    @Test
    void whatCannotBeWrittenIsCountedToldAndStopsNothing() throws IOException {
        Path blocked = folder.resolve("file");
        Files.writeString(blocked, "no directory");
        Path file = blocked.resolve("audit.log");
        AuditLog log = open(file, 1000, 3);
        log.answered("a", asked("r-1", 200, new Notes()));
        await().until(() -> log.trouble() != null);
        assertThat(log.lost()).isEqualTo(1);
        Files.delete(blocked);
        log.answered("a", asked("r-2", 200, new Notes()));
        await().until(() -> log.trouble() == null);
        log.close();
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).contains("audit.lines_lost", "\"lines\":1");
        assertThat(lines.get(1)).contains("r-2");
    }

    @Test
    void thoseWhoAreNotLetInAreBounded() throws IOException {
        Path file = folder.resolve("audit.log");
        AuditLog log = open(file, 1 << 20, 3);
        for (int i = 0; i < 1000; i++) {
            log.refused(asked("r-" + i, 401, new Notes()));
        }
        log.close();
        assertThat(Files.readAllLines(file)).hasSizeBetween(1, 3 * AuditLog.REFUSED_LINES_MAX);
    }

    @Test
    void aLineThatALossOfPowerCutIsEnded() throws IOException {
        Path file = folder.resolve("audit.log");
        Files.writeString(file, "{\"v\":1,\"ti");
        AuditLog log = open(file, 1 << 20, 3);
        log.answered("a", asked("r-1", 200, new Notes()));
        log.close();
        assertThat(Files.readAllLines(file)).hasSize(2).last().satisfies(AuditLogTest::isJson);
    }

    @Test
    void aFileThatWasMovedAwayIsBegunAnew() throws IOException {
        Path file = folder.resolve("audit.log");
        AuditLog log = open(file, 1 << 20, 3);
        log.answered("a", asked("r-1", 200, new Notes()));
        await().until(() -> Files.exists(file) && Files.size(file) > 0);
        Files.move(file, folder.resolve("moved"));
        log.answered("a", asked("r-2", 200, new Notes()));
        log.close();
        assertThat(Files.readString(file)).contains("r-2").doesNotContain("r-1");
    }

    @Test
    void aFileThatAnotherTookThePlaceOfIsLeftAlone() throws IOException {
        Path file = folder.resolve("audit.log");
        AuditLog log = open(file, 1 << 20, 3);
        log.answered("a", asked("r-1", 200, new Notes()));
        await().until(() -> Files.exists(file) && Files.size(file) > 0);
        Files.move(file, folder.resolve("moved"));
        Files.createFile(file); // as logrotate's "create"
        log.answered("a", asked("r-2", 200, new Notes()));
        log.close();
        assertThat(Files.readString(file)).contains("r-2").doesNotContain("r-1");
        assertThat(Files.readString(folder.resolve("moved"))).contains("r-1").doesNotContain("r-2");
    }

    @Test
    void aThreadThatTakesNothingMoreCostsALineAndNeverTheRequest() {
        AtomicBoolean full = new AtomicBoolean();
        try (ScheduledThreadPoolExecutor stopping = new ScheduledThreadPoolExecutor(1) {
            @Override
            public void execute(Runnable task) {
                if (full.get()) {
                    throw new RejectedExecutionException();
                }
                super.execute(task);
            }
        }) {
            AuditLog log = AuditLog.at(folder.resolve("audit.log"), 1 << 20, 3, stopping);
            full.set(true);
            for (int i = 0; i < AuditLog.WAITING_MAX; i++) {
                log.answered("a", asked("r-1", 200, new Notes()));
            }
            assertThat(log.lost()).isEqualTo(AuditLog.WAITING_MAX);
            full.set(false);
            log.answered("a", asked("r-2", 200, new Notes()));
            await().until(() -> log.trouble() == null);
            assertThat(log.lost()).as("nothing waits any more").isEqualTo(AuditLog.WAITING_MAX);
            stopping.shutdownNow();
        }
    }

    @Test
    void aTextIsNotCutWithinACharacter() throws IOException {
        Path file = folder.resolve("audit.log");
        AuditLog log = open(file, 1 << 20, 3);
        Notes notes = new Notes();
        notes.put("name", "x".repeat(511) + "\ud83d\ude00");
        notes.put("half", "\ud83d");
        log.answered("a", asked("r-1", 200, notes));
        log.close();
        String text = Files.readString(file); // which refuses what is no UTF-8
        assertThat(text.toLowerCase(Locale.ROOT)).doesNotContain("\\ud83d").contains("x?...",
                "\"half\":\"?\"");
    }
}

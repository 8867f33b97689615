package io.forebay.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.forebay.server.auth.Principal;
import io.forebay.server.http.LogCapture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestLogTest {
    private static Asked asked(String route, long millis) {
        Notes notes = new Notes();
        notes.put("queries", 3);
        return new Asked("POST", route, "r-1", null, "docs", Principal.ANYBODY, "127.0.0.1", 200,
                TimeUnit.MILLISECONDS.toNanos(millis), "filter=read; read=9", "search;dur=1.0", notes);
    }

    @Test
    void aSlowReadHasALineWithWhereItsTimeWent() {
        RequestLog log = new RequestLog(100, false);
        try (LogCapture capture = new LogCapture("io.forebay.requests", Level.INFO)) {
            log.answered(asked("/c/query", 99));
            log.answered(asked("/c/query", 100));
            assertThat(capture.events).hasSize(1);
            assertThat(LogCapture.fields(capture.events.get(0))).containsEntry("collection_name", "docs")
                    .containsEntry("millis", "100.0").containsEntry("queries", "3")
                    .containsEntry("plan", "filter=read; read=9").containsEntry("stages", "search;dur=1.0");
        }
    }

    @Test
    void whatWaitsByNatureIsNotSlow() {
        RequestLog log = new RequestLog(100, false);
        assertThat(log.wants("/c/flush", Long.MAX_VALUE - 1)).isFalse();
        assertThat(log.wants("/c/changes", Long.MAX_VALUE - 1)).isFalse();
        assertThat(log.wants("/c/upsert", Long.MAX_VALUE - 1)).isTrue();
        assertThat(new RequestLog(0, false).wants("/c/upsert", Long.MAX_VALUE - 1)).isFalse();
    }

    @Test
    void aServerThatIsSlowDoesNotDrownInLines() {
        RequestLog log = new RequestLog(100, false);
        try (LogCapture capture = new LogCapture("io.forebay.requests", Level.INFO)) {
            for (int i = 0; i < 10_000; i++) {
                log.answered(asked("/c/query", 200));
            }
            log.flush();
            assertThat(capture.events.size()).isLessThan(5 * RequestLog.SLOW_LINES_MAX);
            long told = capture.events.stream().map(LogCapture::fields).filter(f -> f.containsKey("left_out"))
                    .mapToLong(f -> Long.parseLong(f.get("left_out"))).sum();
            long lines = capture.events.stream().filter(e -> e.getMessage().equals("slow request")).count();
            assertThat(told + lines).isEqualTo(10_000);
        }
    }
}

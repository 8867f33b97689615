package io.forebay.server.http;

import static io.forebay.server.http.ImportForms.ended;
import static io.forebay.server.http.ImportForms.file;
import static io.forebay.server.http.ImportForms.fileHead;
import static io.forebay.server.http.ImportForms.form;
import static io.forebay.server.http.ImportForms.idOf;
import static io.forebay.server.http.ImportForms.jsonl;
import static io.forebay.server.http.ImportForms.upload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.etl.source.SourceOptions;
import io.forebay.server.auth.Authentication;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are only to be shown do not take from those that are to be imported. */
class PreviewLimitsTest {
    private static final String PATH = "/api/etl/preview";
    private static final int PREVIEWS_MAX = 8;

    @TempDir
    Path directory;

    private TestServer server;

    private void start(int perMinute) {
        server = TestServer.start(directory, TestServer.options(), Authentication.OFF,
                ImportHttpTest.options(1 << 20, perMinute), SourceOptions.NONE);
    }

    @AfterEach
    void stop() {
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    private HttpResponse<String> preview() {
        return server.send(ImportForms.request(server, PATH,
                file("docs.jsonl", jsonl(0, 3)) + ImportForms.end()));
    }

    @Test
    void previewsOfAClientAreCountedApartFromHisImports() {
        start(2);
        assertThat(preview().statusCode()).isEqualTo(200);
        assertThat(preview().statusCode()).isEqualTo(200);
        HttpResponse<String> third = preview();
        assertThat(third.statusCode()).isEqualTo(429);
        assertThat(third.headers().firstValue("Retry-After")).isPresent();
        assertThat(third.body()).contains("2 previews a minute", "imports.submissions_per_minute");
        assertThat(ended(server, idOf(upload(server, form("docs", "docs.jsonl", jsonl(0, 3))))))
                .containsEntry("status", "completed");
    }

    @Test
    void uploadsGoOnWhilePreviewsTakeAllTheirPlaces() throws IOException {
        start(0);
        List<Wire> open = new ArrayList<>();
        try {
            for (int i = 0; i < PREVIEWS_MAX; i++) {
                Wire begun = new Wire(server);
                open.add(begun);
                begun.send("POST " + PATH + " HTTP/1.1\r\nHost: h\r\nContent-Type: " + ImportForms.TYPE
                        + "\r\nExpect: 100-continue\r\nContent-Length: 100000\r\n\r\n");
                assertThat(begun.answer().status()).as("it has its place").isEqualTo(100);
                begun.send(fileHead("file", "docs.jsonl"));
            }
            HttpResponse<String> oneMore = preview();
            assertThat(oneMore.statusCode()).isEqualTo(429);
            assertThat(oneMore.body()).contains("8 previews at once");
            assertThat(ended(server, idOf(upload(server, form("docs", "docs.jsonl", jsonl(0, 3))))))
                    .containsEntry("status", "completed");
        } finally {
            for (Wire one : open) {
                one.close();
            }
        }
        await().untilAsserted(() -> assertThat(preview().statusCode()).isEqualTo(200));
    }
}

package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What browsers send for pages of other sites, to a server that asks for no token. */
class CrossSiteTest {
    private static final String COLLECTIONS = "/api/v2/tenants/default_tenant/databases/default_database"
            + "/collections";

    @TempDir
    Path directory;

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(directory,
                TestServer.options().withCorsAllowOrigins(List.of("https://friend.example")));
    }

    @AfterEach
    void stop() {
        server.close();
        assertThat(LeakWatch.leaks()).isEmpty();
    }

    /** The status of the creation of a collection of this name, sent with these header lines. */
    private int create(String name, String... headers) throws IOException {
        try (Wire wire = new Wire(server)) {
            String body = "{\"name\":\"" + name + "\"}";
            wire.send("POST " + COLLECTIONS + " HTTP/1.1\r\nHost: db:8000\r\n"
                    + String.join("\r\n", headers) + (headers.length == 0 ? "" : "\r\n")
                    + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                    + body);
            return wire.answer().status();
        }
    }

    @Test
    void aPageOfAnotherSiteWritesNothing() throws IOException {
        assertThat(create("by-origin", "Origin: https://evil.example")).isEqualTo(403);
        assertThat(create("by-null", "Origin: null")).isEqualTo(403);
        assertThat(create("by-port", "Origin: http://db:9999")).isEqualTo(403);
        assertThat(create("by-fetch", "Sec-Fetch-Site: cross-site", "Origin: https://evil.example"))
                .isEqualTo(403);
        assertThat(create("by-site", "Sec-Fetch-Site: same-site")).isEqualTo(403);
        assertThat(server.get(COLLECTIONS).body()).isEqualTo("[]");
    }

    @Test
    void clientsTheConsoleAndAllowedPagesGoOn() throws IOException {
        assertThat(create("client")).isEqualTo(200);
        assertThat(create("console", "Origin: http://db:8000")).isEqualTo(200);
        assertThat(create("behind-a-proxy", "Origin: https://public.example", "Sec-Fetch-Site: same-origin"))
                .isEqualTo(200);
        assertThat(create("typed", "Sec-Fetch-Site: none")).isEqualTo(200);
        assertThat(create("friend", "Sec-Fetch-Site: cross-site", "Origin: https://friend.example"))
                .isEqualTo(200);
    }
}

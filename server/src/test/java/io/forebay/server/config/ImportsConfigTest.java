package io.forebay.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.etl.embed.EmbeddingConnection;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.source.SourceOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportsConfigTest {
    @TempDir
    Path directory;

    private ImportsConfig yaml(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("forebay.yaml"), text);
        return ConfigLoader.load(file, Map.of(), Map.of()).imports();
    }

    private static ImportsConfig flags(String... pairs) {
        Map<String, String> flags = new java.util.LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            flags.put(pairs[i], pairs[i + 1]);
        }
        return ConfigLoader.load(null, Map.of(), flags).imports();
    }

    @Test
    void theDefaultsAreThoseOfTheImportService() {
        ImportsConfig config = ServerConfig.defaults().imports();
        assertThat(config.enabled()).isTrue();
        assertThat(config.options()).isEqualTo(ImportOptions.defaults());
        assertThat(config.sources().hostsAllowed()).as("nothing may be fetched").isEmpty();
        assertThat(config.sources().privateAllowed()).isFalse();
        assertThat(config.sources().apis().keySet()).anyMatch(name -> name.contains("launchpad"));
    }

    @Test
    void connectionsAndApisAreMapsOfSettings() throws IOException {
        ImportsConfig config = yaml(
                """
                        imports:
                          default_connection: ours
                          allowed_hosts: [example.org, "s3://docs"]
                          s3_upload_bucket: docs
                          s3_endpoint: http://127.0.0.1:9000
                          connections:
                            ours: {kind: openai, url: "https://models.example.org/v1", model: small, key_variable: OURS_KEY,
                              dimension: 384, texts_per_call: 50}
                            more:
                              kind: none
                          apis:
                            bugs: {url: "https://example.org/bugs?page={page}", next_field: next, items_field: entries,
                              requests_per_second: 0.5, headers: {Authorization: "Bearer ${TOKEN}"}}
                        """);
        assertThat(config.options().connections()).hasSize(4).contains(new EmbeddingConnection("ours",
                EmbeddingConnection.Kind.OPENAI, URI.create("https://models.example.org/v1"), "small",
                "OURS_KEY", 384, 50, 4, 60_000, 120_000));
        assertThat(config.options().defaultConnection()).isEqualTo("ours");
        assertThat(config.sources().apis()).containsEntry("bugs", new SourceOptions.PagedApi(
                "https://example.org/bugs?page={page}", "entries", "next", 0.5,
                Map.of("Authorization", "Bearer ${TOKEN}")));
        assertThat(config.sources().hostsAllowed()).containsExactly("example.org", "s3://docs");
        assertThat(config.sources().s3().uploadBucket()).isEqualTo("docs");
        assertThat(config.sources().s3().endpoint()).isEqualTo(URI.create("http://127.0.0.1:9000"));
        assertThat(config.sources().s3().uploadUrlMillis()).isEqualTo(3_600_000);
    }

    @Test
    void outsideOfAFileATableIsOneLineOfYamlOrJson() {
        String json = "{\"fast\": {\"kind\": \"openai\", \"url\": \"http://127.0.0.1:1/v1\"}}";
        assertThat(flags("imports.connections", json).options().connections())
                .anyMatch(connection -> connection.name().equals("fast"));
        assertThat(ConfigLoader.load(null, Map.of("FOREBAY_IMPORTS__CONNECTIONS",
                "{fast: {kind: openai, url: 'http://127.0.0.1:1/v1'}}"), Map.of()).imports().options()
                .connections()).hasSize(3);
    }

    @Test
    void theVariablesOfTheReferenceServiceAreHonoured() {
        ImportOptions options = ConfigLoader.load(null, Map.of("IMPORT_BATCH_SIZE", "77", "IMPORT_CHUNK_SIZE",
                "78", "IMPORT_PARALLEL_WORKERS", "3", "IMPORT_PROGRESS_UPDATE_INTERVAL", "250",
                "FOREBAY_IMPORTS__WORKERS", "5"), Map.of()).imports().options();
        assertThat(options.loadBatchSize()).isEqualTo(77);
        assertThat(options.extractChunkSize()).isEqualTo(78);
        assertThat(options.progressIntervalMillis()).isEqualTo(250);
        assertThat(options.workers()).as("our own variable goes before").isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "imports.connections | {x: {kind: openai}} | imports.connections.x (from flag) has no url",
            "imports.connections | {x: {kind: other}} | kind is 'other', must be local, openai or none",
            "imports.connections | {x: {kind: none, modle: a}} | unknown key 'modle'; did you mean model?",
            "imports.connections | {x: {kind: openai, url: 'ftp://h/'}} | must be an address that begins with http",
            "imports.connections | {x: {kind: none, dimension: many}} | dimension is 'many', must be 0 to 65536",
            "imports.connections | {local: {kind: none}} | local is there already",
            "imports.connections | {x: 1} | imports.connections.x (from flag) must have settings",
            "imports.connections | [1] | imports.connections is '[1]' (from flag), must be names",
            "imports.connections | {x | must be names", "imports.apis | {x: {url: u}} | has no next_field",
            "imports.apis | {x: {url: u, next_field: n, requests_per_second: 0}} | a number above 0",
            "imports.apis | {x: {url: u, next_field: n, headers: 1}} | names with texts",
            "imports.s3_endpoint | minio.local | must be none or an address that begins with http",
            "imports.s3_endpoint | ftp://h | must be none or an address that begins with http",
            "imports.s3_endpoint | http:///x | must be none or an address that begins with http",
            "imports.default_connection | fast | imports.default_connection is 'fast', must be one of local, none",
            "imports.keep_days | 0 | imports.keep_days is '0' (from flag), must be 1 to 36500 days",
            "imports.max_upload_byte | 1 | did you mean imports.max_upload_bytes?"})
    void whatIsWrongIsNamed(String key, String value, String message) {
        assertThatThrownBy(() -> flags(key, value)).isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }
}

package io.forebay.etl.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.etl.source.Fetching.Pauses;
import io.forebay.etl.source.SourceOptions.S3;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobProviderMetadata;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real S3-compatible server in this process, which checks signatures; a proxy in between cuts. */
class S3ObjectsTest {
    private static final String KEY_VARIABLE = "STORE_KEY";
    private static final Map<String, String> ENVIRONMENT = Map.of(KEY_VARIABLE, "id-1", "STORE_SECRET",
            "secret-1",
            "WRONG_SECRET", "secret-2");
    private static BlobStoreContext context;
    private static BlobStore store;
    private static S3Proxy s3;

    @TempDir
    private Path folder;
    private final Random random = new Random(Fetching.seed());
    private final Pauses pauses = new Pauses();
    /** A new one for each test: the client keeps connections. */
    private CuttingProxy proxy;
    private byte[] content;
    private Path target;

    @BeforeAll
    static void startServer() throws Exception {
        context = ContextBuilder.newBuilder(new TransientNio2BlobProviderMetadata()).credentials("x", "x")
                .build(BlobStoreContext.class);
        store = context.getBlobStore();
        store.createContainerInLocation(null, "open");
        store.createContainerInLocation(null, "uploads");
        s3 = S3Proxy.builder().blobStore(store).endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "id-1", "secret-1").build();
        s3.start();
    }

    @AfterAll
    static void stopServer() throws Exception {
        s3.stop();
        context.close();
    }

    @BeforeEach
    void fill() throws IOException {
        proxy = new CuttingProxy(s3.getPort());
        target = folder.resolve("spool");
        put("a/data set.jsonl.gz", 300_000);
    }

    @AfterEach
    void stopProxy() throws IOException {
        proxy.close();
    }

    private void put(String key, int length) {
        content = Fetching.bytes(random, length);
        store.putBlob("open", store.blobBuilder(key).payload(content).contentLength(length).build());
    }

    private SourceOptions options(String secretVariable) {
        return new SourceOptions(List.of("s3://open"), true,
                new S3(URI.create("http://127.0.0.1:" + proxy.port()), "us-east-1", true, "uploads",
                        KEY_VARIABLE,
                        secretVariable, 60_000),
                Map.of(), 1 << 20);
    }

    private Sources sources() {
        return new Sources(options("STORE_SECRET"), ENVIRONMENT, Fetching::lookup, pauses);
    }

    private void fetch() throws IOException, InterruptedException {
        try (Sources sources = sources()) {
            sources.remote("s3://open/a/data set.jsonl.gz").fetch(target, Fetching.SILENT);
        }
    }

    @Test
    void anObjectArrivesUnderItsName() throws Exception {
        fetch();
        assertThat(target).hasBinaryContent(content);
        assertThat(sources().remote("s3://open/a/data set.jsonl.gz").fileName())
                .isEqualTo("data set.jsonl.gz");
    }

    @Test
    void aCutObjectIsTakenUpAtItsByte() throws Exception {
        proxy.cuts.addAll(List.of(50_000, 30_000 + random.nextInt(30_000), 20_000));
        fetch();
        assertThat(target).hasBinaryContent(content);
        assertThat(pauses.millis).hasSize(3);
    }

    @Test
    void anObjectThatChangedBeginsAnew() throws Exception {
        proxy.cuts.add(100_000);
        try (Sources sources = new Sources(options("STORE_SECRET"), ENVIRONMENT, Fetching::lookup,
                millis -> put("a/data set.jsonl.gz", 250_000))) {
            sources.remote("s3://open/a/data set.jsonl.gz").fetch(target, Fetching.SILENT);
        }
        assertThat(target).hasBinaryContent(content);
    }

    @Test
    void whatIsNotThereOrNotOursIsSaid() {
        try (Sources sources = sources()) {
            assertThatThrownBy(() -> sources.remote("s3://open/none.csv").fetch(target, Fetching.SILENT))
                    .isInstanceOf(FetchException.class).hasMessageContaining("s3://open/none.csv")
                    .hasMessageContaining("404");
            assertThatThrownBy(() -> sources.remote("s3://uploads/x.csv"))
                    .isInstanceOf(ForebayException.class)
                    .hasMessageContaining("imports.allowed_hosts")
                    .extracting(e -> ((ForebayException) e).code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
            assertThatThrownBy(() -> sources.remote("s3://open")).isInstanceOf(ForebayException.class)
                    .extracting(e -> ((ForebayException) e).code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
        try (Sources wrong = new Sources(options("WRONG_SECRET"), ENVIRONMENT)) {
            assertThatThrownBy(
                    () -> wrong.remote("s3://open/a/data set.jsonl.gz").fetch(target, Fetching.SILENT))
                    .isInstanceOf(FetchException.class).hasMessageContaining("403");
        }
        try (Sources unset = new Sources(options("NO_SUCH"), ENVIRONMENT)) {
            assertThatThrownBy(() -> unset.remote("s3://open/x.csv")).hasMessageContaining("NO_SUCH");
        }
        try (Sources none = new Sources(new SourceOptions(List.of("s3://open"), true, null, Map.of(), 1),
                Map.of())) {
            assertThatThrownBy(() -> none.remote("s3://open/x.csv")).isInstanceOf(ForebayException.class)
                    .extracting(e -> ((ForebayException) e).code()).isEqualTo(ErrorCode.UNIMPLEMENTED);
            assertThatThrownBy(() -> none.presignUpload("x", 1000)).isInstanceOf(ForebayException.class)
                    .extracting(e -> ((ForebayException) e).code()).isEqualTo(ErrorCode.UNIMPLEMENTED);
        }
    }

    @Test
    void theSizeLimitHolds() {
        put("big.csv", (1 << 20) + 1);
        try (Sources sources = sources()) {
            assertThatThrownBy(() -> sources.remote("s3://open/big.csv").fetch(target, Fetching.SILENT))
                    .isInstanceOf(FetchException.class).hasMessageContaining("imports.max_upload_bytes");
        }
    }

    @Test
    void aClientPutsAnObjectUnderAnAddressThatOnlyFitsIt() throws Exception {
        String key = "spool/" + random.nextLong() + "/my file.jsonl";
        try (Sources sources = sources(); HttpClient client = HttpClient.newHttpClient()) {
            String url = sources.presignUpload(key, 60_000);
            assertThat(sources.isUploaded(key)).isFalse();
            assertThat(put(client, url.replace("my%20file", "your%20file"))).isEqualTo(403);
            assertThat(sources.isUploaded(key)).isFalse();
            assertThat(put(client, url)).isEqualTo(200);
            assertThat(sources.isUploaded(key)).isTrue();
            Fetch fetch = sources.uploaded(key, "my file.jsonl");
            assertThat(fetch.fileName()).isEqualTo("my file.jsonl");
            fetch.fetch(target, Fetching.SILENT);
        }
        assertThat(target).hasBinaryContent(content);
        assertThat(Files.size(target)).isEqualTo(content.length);
    }

    @Test
    void anUploadThatWasFetchedIsDeleted() throws Exception {
        String key = "imports/" + random.nextLong() + "/a.jsonl";
        try (Sources sources = sources(); HttpClient client = HttpClient.newHttpClient()) {
            assertThat(put(client, sources.presignUpload(key, 60_000))).isEqualTo(200);
            assertThat(sources.deleteUploaded(key)).isTrue();
            assertThat(sources.isUploaded(key)).isFalse();
            assertThat(sources.deleteUploaded(key)).isTrue();
        }
        try (Sources wrong = new Sources(options("WRONG_SECRET"), ENVIRONMENT)) {
            assertThat(wrong.deleteUploaded(key)).isFalse();
        }
    }

    @Test
    void anObjectThatIsNoFileOfOursIsRefused() {
        try (Sources sources = sources()) {
            assertThatThrownBy(() -> sources.remote("s3://open/a/report.pdf"))
                    .extracting(e -> ((ForebayException) e).code())
                    .isEqualTo(ErrorCode.UNSUPPORTED_MEDIA_TYPE);
        }
    }

    @Test
    void proxiesOfTheProcessAreNotUsed() throws Exception {
        System.setProperty("http.proxyHost", "127.0.0.1");
        System.setProperty("http.proxyPort", "1");
        String notProxied = System.getProperty("http.nonProxyHosts");
        System.setProperty("http.nonProxyHosts", "");
        try {
            fetch();
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
            if (notProxied == null) {
                System.clearProperty("http.nonProxyHosts");
            } else {
                System.setProperty("http.nonProxyHosts", notProxied);
            }
        }
        assertThat(target).hasBinaryContent(content);
    }

    /** Again when no answer comes: the server refuses before it has read the body, and closes on its own answer. */
    private int put(HttpClient client, String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).PUT(BodyPublishers.ofByteArray(content))
                .build();
        for (int tries = 1;; tries++) {
            try {
                return client.send(request, BodyHandlers.discarding()).statusCode();
            } catch (IOException cut) {
                if (tries == 10) {
                    throw cut;
                }
            }
        }
    }
}

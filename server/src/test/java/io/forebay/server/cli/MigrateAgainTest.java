package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.client.CollectionClient;
import io.forebay.client.ForebayClient;
import io.forebay.model.CollectionConfig;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.RecordBatchBuilder;
import io.forebay.server.binary.BinaryServer;
import io.forebay.server.binary.TestCertificate;
import io.forebay.server.load.LoadServer;
import io.forebay.server.ops.TlsKeys;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code forebay migrate} that goes on, and what it leaves alone. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MigrateAgainTest {
    private static final String FORK = "docs-migrate-1234567890123";
    @TempDir
    Path folder;
    private LoadServer source;
    private LoadServer target;
    private ForebayClient was;
    private ForebayClient is;

    @BeforeEach
    void start() {
        source = LoadServer.start(folder.resolve("source"));
        target = LoadServer.start(folder.resolve("target"));
        was = source.client();
        is = target.client();
    }

    @AfterEach
    void stop() {
        was.close();
        is.close();
        source.close();
        target.close();
    }

    private Outcome migrate(String... more) {
        return between(source.url(), target.url(), more);
    }

    private Outcome between(String from, String to, String... more) {
        List<String> arguments = new ArrayList<>(List.of("migrate", "--from", from, "--to", to, "--state",
                folder.resolve("state").toString()));
        arguments.addAll(List.of(more));
        return Outcome.of(arguments.toArray(String[]::new));
    }

    private static CollectionClient filled(ForebayClient client, String name, int from, int to) {
        CollectionClient made = client.getOrCreateCollection(name, CollectionConfig.DEFAULT);
        made.write(numbered(from, to));
        return made;
    }

    private static RecordBatch numbered(int from, int to) {
        RecordBatchBuilder batch = RecordBatch.builder(Operation.ADD);
        for (int i = from; i < to; i++) {
            batch.record("r" + i, new float[]{i, 0.1f, -i}, "document " + i);
        }
        return batch.build();
    }

    @Test
    void aMergeThatGoesOnIsStillAMerge() {
        filled(was, "docs", 0, 30);
        is.createCollection("docs", CollectionConfig.DEFAULT).write(RecordBatch.builder(Operation.ADD)
                .record("r1", new float[]{9, 9, 9}, "newer").record("mine", new float[]{1, 1, 1}, "mine")
                .build());
        assertThat(migrate("--on-existing", "merge").code()).isZero();
        Outcome again = migrate("--on-existing", "merge", "--resume", "--verify", "full");
        assertThat(again.code()).as(again.err() + again.out()).isZero();
        assertThat(is.collection("docs").count()).isEqualTo(31);
    }

    @Test
    void whatACrashLeftBetweenTheLastRecordAndTheEndIsComparedWithTheFork() throws Exception {
        CollectionClient docs = filled(was, "docs", 0, 100);
        assertThat(migrate().code()).isZero();
        docs.fork(FORK);
        String line = "forked " + docs.id() + " " + FORK;
        CRC32C checksum = new CRC32C();
        checksum.update(line.getBytes(StandardCharsets.UTF_8));
        Files.writeString(folder.resolve("state"),
                String.format(Locale.ROOT, "%s %08x%n", line, checksum.getValue()),
                StandardOpenOption.APPEND);
        docs.write(numbered(100, 110));
        Outcome again = migrate("--resume", "--verify", "full");
        assertThat(again.code()).as(again.err() + again.out()).isZero();
        assertThat(was.collections()).as("the fork is gone").hasSize(1);
    }

    @Test
    void whatLooksLikeAForkOfOursIsToldAndCopiedWhenItIsNamed() {
        filled(was, "docs", 0, 10).fork(FORK);
        Outcome all = migrate();
        assertThat(all.code()).as(all.err() + all.out()).isZero();
        assertThat(all.out()).contains(FORK + "  left out: by its name a fork", "1 of 1 collections");
        Outcome named = migrate("--collection", FORK);
        assertThat(named.code()).as(named.err() + named.out()).isZero();
        assertThat(is.collection(FORK).count()).isEqualTo(10);
    }

    @Test
    void onlyPlacesOfWhatIsWantedAreMadeAtTheTarget() {
        was.callAsync("POST", "/api/v2/tenants", "{\"name\":\"other\"}", false).join();
        for (String path : List.of("default_tenant/empty", "other/empty", "other/full")) {
            was.callAsync("POST", "/api/v2/tenants/" + path.replaceFirst("/.*", "/databases"),
                    "{\"name\":\"" + path.replaceFirst(".*/", "") + "\"}", false).join();
        }
        filled(was, "docs", 0, 10);
        try (ForebayClient other = ForebayClient.builder(URI.create(source.url())).tenant("other")
                .database("full").build()) {
            filled(other, "more", 0, 3);
        }
        String[] both = {"--tenant", "default_tenant", "--tenant", "other"};
        assertThat(migrate(both[0], both[1], both[2], both[3], "--collection", "docs").code()).isZero();
        assertThat(databases("default_tenant")).containsExactly("default_database");
        assertThat(databases("other")).isEmpty();

        assertThat(migrate(both[0], both[1], both[2], both[3], "--on-existing", "skip").code()).isZero();
        assertThat(databases("default_tenant")).containsExactly("default_database", "empty");
        assertThat(databases("other")).containsExactly("empty", "full");
    }

    private List<String> databases(String tenant) {
        String json = new String(
                is.callAsync("GET", "/api/v2/tenants/" + tenant + "/databases", null, true).join(),
                StandardCharsets.UTF_8);
        return Pattern.compile("\"name\":\"([^\"]+)\"").matcher(json).results()
                .map(found -> found.group(1)).sorted().toList();
    }

    @Test
    void aCertificateThatNobodyKnowsCanBeTrustedOnBothSides() throws Exception {
        filled(was, "docs", 0, 10);
        TestCertificate pair = new TestCertificate(Files.createDirectories(folder.resolve("keys")), "EC");
        TlsKeys keys = TlsKeys.open(pair.certificate, pair.key);
        try (BinaryServer from = source.binaryWithTls(keys); BinaryServer to = target.binaryWithTls(keys)) {
            String fromUrl = "forebays://127.0.0.1:" + from.port();
            String toUrl = "forebays://127.0.0.1:" + to.port();
            assertThat(between(fromUrl, toUrl).err()).contains("the source: ");
            assertThat(is.collections()).isEmpty();
            Outcome trusting = between(fromUrl, toUrl, "--cacert", pair.certificate.toString());
            assertThat(trusting.code()).as(trusting.err() + trusting.out()).isZero();
            assertThat(is.collection("docs").count()).isEqualTo(10);
        }
    }
}

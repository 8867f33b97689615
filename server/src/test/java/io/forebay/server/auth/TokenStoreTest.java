package io.forebay.server.auth;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class TokenStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final String LINE = "{\"id\":\"a\",\"hash\":\"sha256:" + "0".repeat(64)
            + "\",\"role\":\"read\",\"tenants\":[\"*\"],\"databases\":[\"*\"],\"created\":\"2026-01-01T00:00:00Z\"}";

    @TempDir
    Path folder;
    private TokenFile file;
    private Instant clock = NOW;

    @BeforeEach
    void place() {
        file = new TokenFile(folder.resolve("deep/tokens"));
    }

    private TokenStore open() {
        InstantSource source = () -> clock;
        return TokenStore.open(file, source, 20);
    }

    private static void isRefused(TokenStore store, String token) {
        assertThatThrownBy(() -> store.identify(token)).isInstanceOfSatisfying(ForebayException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
    }

    private String create(String id, Role role) {
        return TokenStore.create(file, id, role, Limits.NONE, NOW, null);
    }

    @Test
    void aTokenIsKnownByItsHashAndNothingElseIsKept() throws IOException {
        Limits limits = new Limits(Set.of("t1", "t, 2"), Set.of("d"));
        String token = TokenStore.create(file, "loader", Role.WRITE, limits, NOW, NOW.plusSeconds(60));
        assertThat(token).matches("fb_loader_[A-Za-z0-9_-]{43}");
        assertThat(Files.readString(file.path())).doesNotContain(token.substring(10)).contains("sha256:");
        try (TokenStore store = open()) {
            Principal who = store.identify(token);
            assertThat(who).isEqualTo(new Principal("loader", Role.WRITE, limits, NOW));
            isRefused(store, token.substring(0, token.length() - 1));
            isRefused(store, token + "A");
            isRefused(store, null);
            isRefused(store, file.read().get("loader").hash().toString());
            clock = NOW.plusSeconds(59);
            assertThat(store.isStillValid(who)).isTrue();
            clock = NOW.plusSeconds(60);
            isRefused(store, token);
            assertThat(store.isStillValid(who)).isFalse();
        }
    }

    @Test
    void noTwoTokensAreTheSame() {
        Set<String> all = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(TokenText.random("a"));
            all.add(TokenText.randomId());
        }
        assertThat(all).hasSize(2_000);
    }

    @Test
    void whateverIsSentIsRefusedAndNothingElseHappens() {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.out.println("TokenStoreTest seed " + seed);
        Random random = new Random(seed);
        String token = create("a", Role.ADMIN);
        String alphabet = token + " :=,;\"\u0000\u00ff\ud83d\ude00";
        try (TokenStore store = open()) {
            for (int i = 0; i < 5_000; i++) {
                StringBuilder sent = new StringBuilder(random.nextBoolean() ? token : "");
                for (int edits = 1 + random.nextInt(6); edits > 0; edits--) {
                    char c = alphabet.charAt(random.nextInt(alphabet.length()));
                    int at = random.nextInt(sent.length() + 1);
                    if (at < sent.length() && random.nextBoolean()) {
                        sent.setCharAt(at, c);
                    } else {
                        sent.insert(at, c);
                    }
                }
                String text = sent.toString();
                String scheme = List.of("Bearer ", "Basic ", "basic", "", "Bearer\t").get(random.nextInt(5));
                for (String found : new String[]{text, Credentials.token(text, null),
                        Credentials.token(null, scheme + text)}) {
                    if (!token.equals(found)) {
                        isRefused(store, found);
                    }
                }
            }
            assertThat(store.identify(token).id()).isEqualTo("a");
        }
    }

    @Test
    void hashesAreComparedInConstantTime() {
        TokenHash hash = TokenHash.of("token");
        assertThat(hash.matches(TokenHash.parse(hash.toString()))).isTrue();
        String text = hash.toString();
        for (int at : new int[]{7, 40, text.length() - 1}) {
            char other = text.charAt(at) == '0' ? '1' : '0';
            assertThat(hash.matches(TokenHash.parse(text.substring(0, at) + other + text.substring(at + 1))))
                    .isFalse();
        }
        classes().that().areAssignableTo(TokenHash.class).should()
                .callMethod(MessageDigest.class, "isEqual", byte[].class, byte[].class)
                .check(new ClassFileImporter().importClasses(TokenHash.class));
    }

    @Test
    void whatIsAddedAndRevokedIsKnownSoonAndCommentsStay() throws IOException {
        String first = create("first", Role.READ);
        Files.writeString(file.path(), Files.readString(file.path()) + "\n# of the night shift\n");
        try (TokenStore store = open()) {
            Principal who = store.identify(first);
            String second = create("second", Role.ADMIN);
            await().untilAsserted(() -> assertThat(store.identify(second).role()).isEqualTo(Role.ADMIN));
            file.remove(Set.of("first"));
            await().untilAsserted(() -> isRefused(store, first));
            assertThat(store.isStillValid(who)).isFalse();
            assertThat(store.identify(second).id()).isEqualTo("second");
        }
        assertThat(file.read()).containsOnlyKeys("second");
        assertThat(Files.readString(file.path())).contains("# of the night shift");
    }

    @Test
    void aNewTokenUnderAnOldIdIsAnother() {
        String first = create("same", Role.READ);
        try (TokenStore store = open()) {
            Principal who = store.identify(first);
            file.remove(Set.of("same"));
            String second = TokenStore.create(file, "same", Role.READ, Limits.NONE, NOW.plusSeconds(1), null);
            await().untilAsserted(() -> store.identify(second));
            isRefused(store, first);
            assertThat(store.isStillValid(who)).isFalse();
        }
    }

    @Test
    void aFileThatIsBrokenOrGoneChangesNothingUntilItIsMended() throws IOException {
        String token = create("a", Role.READ);
        byte[] good = Files.readAllBytes(file.path());
        try (TokenStore store = open(); Complaints complaints = new Complaints()) {
            Files.write(file.path(), Arrays.copyOf(good, good.length - 5));
            await().until(
                    () -> complaints.contain("line 2: must be a JSON object; the tokens known before stay"));
            Files.delete(file.path());
            await().until(() -> complaints.contain("there is no file of tokens"));
            assertThat(store.identify(token).id()).isEqualTo("a");
            Files.writeString(file.path(), TokenFile.HEADER + "\n");
            await().untilAsserted(() -> isRefused(store, token));
        }
    }

    /** What the store says in the log. */
    private static final class Complaints implements AutoCloseable {
        private final Logger log = (Logger) LoggerFactory.getLogger(TokenStore.class);
        private final ListAppender<ILoggingEvent> heard = new ListAppender<>();

        Complaints() {
            heard.start();
            log.addAppender(heard);
        }

        boolean contain(String text) {
            return List.copyOf(heard.list).stream().anyMatch(e -> e.getFormattedMessage().contains(text));
        }

        @Override
        public void close() {
            log.detachAppender(heard);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "\"role\":\"read\" | \"role\":\"root\" | role must be read, write or admin",
            "\"tenants\" | \"tenant\" | 'tenant' is not a field",
            "\"tenants\":[\"*\"], | ~~ | tenants is missing",
            "[\"*\"] | \"*\" | has a value of the wrong type",
            "[\"*\"] | [1] | must be a list of texts",
            "\"id\":\"a\" | \"id\":\"A B\" | id must be",
            "\"id\":\"a\" | \"id\":\"a\",\"id\":\"b\" | must be a JSON object",
            "sha256:00 | sha256:0x | hash",
            "sha256:00 | md5:00 | hash must be",
            "} | ,\"expires\":\"soon\"} | expires must be like",
            "} | } {} | one JSON object a line",
            "{ | [ | must be a JSON object"})
    void aLineThatIsNotUnderstoodIsRefusedWithItsPlace(String what, String with, String message)
            throws IOException {
        Files.createDirectories(file.path().getParent());
        Files.writeString(file.path(), TokenFile.HEADER + "\n# x\n" + LINE.replace(what, with) + "\n");
        assertThatThrownBy(this::open).isInstanceOf(TokenFileException.class)
                .hasMessageContaining("tokens line 3: ").hasMessageContaining(message.strip());
    }

    @Test
    void otherFilesAreNotTakenForOne() throws IOException {
        assertThatThrownBy(this::open).hasMessageContaining("there is no file of tokens")
                .hasMessageContaining("forebay token create");
        Files.createDirectories(file.path().getParent());
        Files.writeString(file.path(), "forebay tokens 2\n");
        assertThatThrownBy(this::open).hasMessageContaining("written by another version");
        Files.writeString(file.path(), LINE);
        assertThatThrownBy(this::open).hasMessageContaining("is no file of tokens");
        Files.writeString(file.path(), TokenFile.HEADER + "\n" + LINE + "\n" + LINE + "\n");
        assertThatThrownBy(this::open).hasMessageContaining("line 3: a comes twice");
        assertThatThrownBy(() -> create("b", Role.READ)).as("nor is it written over")
                .hasMessageContaining("comes twice");
    }

    @Test
    void onlyItsOwnerMayReadIt() throws IOException {
        create("a", Role.READ);
        assertThat(Files.getPosixFilePermissions(file.path()))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(file.exposure()).isNull();
        Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-r-----"));
        assertThat(file.exposure()).contains("read");
        Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-rw----"));
        assertThat(file.exposure()).contains("give themselves tokens");
    }

    @Test
    void revokingWhatIsNotThereChangesNothing() {
        create("a", Role.READ);
        assertThatThrownBy(() -> file.remove(Set.of("a", "b"))).hasMessageContaining("no token b");
        assertThat(file.read()).containsOnlyKeys("a");
        assertThatThrownBy(() -> create("a", Role.READ)).hasMessageContaining("already");
    }
}

package io.forebay.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.engine.ForebayOptions;
import io.forebay.model.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {
    private static final Path ROOT = Path.of(System.getProperty("forebay.root"));

    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("forebay.yaml"), text);
    }

    private static ServerConfig load(Path file) {
        return ConfigLoader.load(file, Map.of(), Map.of());
    }

    @Test
    void theSampleFileInDocsIsTheOneThatTheKeysMake() throws IOException {
        assertThat(Files.readString(ROOT.resolve("docs/forebay.yaml")))
                .as("write it again with: ./forebay config > docs/forebay.yaml").isEqualTo(SampleFile.text());
    }

    @Test
    void theSampleFileSaysTheDefaults() {
        assertThat(load(ROOT.resolve("docs/forebay.yaml"))).isEqualTo(ServerConfig.defaults());
    }

    @ParameterizedTest
    @EnumSource(ConfigKey.class)
    void theSampleFileListsEveryKeyWithItsRangeAndVariable(ConfigKey key) throws IOException {
        String text = Files.readString(ROOT.resolve("docs/forebay.yaml"));
        String section = text.substring(text.indexOf("\n" + key.section() + ":\n"));
        assertThat(section).contains("\n  " + key.shortName() + ": " + key.defaultText() + "\n");
        assertThat(section.replaceAll("\\s+#?\\s*", " "))
                .contains("Range: " + key.range() + ". Variable: " + key.variable());
    }

    @Test
    void theDefaultsOfTheEngineAreItsOwn() {
        assertThat(ServerConfig.defaults().forebayOptions()).isEqualTo(ForebayOptions.defaults());
    }

    @Test
    void theDefaultsAreCareful() {
        ServerConfig config = ServerConfig.defaults();
        assertThat(config.server().host()).isEqualTo("127.0.0.1");
        assertThat(config.server().allowReset()).isFalse();
        assertThat(config.server().corsAllowOrigins()).isEmpty();
        assertThat(config.server().bodyBytesMax()).isEqualTo(41_943_040);
        assertThat(config.wal().durability()).isEqualTo(Durability.SYNC);
        assertThat(config.ingest().batchIngest()).isTrue();
    }

    @Test
    void flagsWinOverTheEnvironmentAndThatOverTheFile() throws IOException {
        Path file = file(
                "server: {host: a, port: 1, path: p, allow_reset: true}\nwal:\n  extent_bytes: 64MiB\n");
        ServerConfig config = ConfigLoader.load(file,
                Map.of("FOREBAY_SERVER__PORT", "2", "FOREBAY_SERVER__PATH", "q", "CHROMA_PERSIST_PATH", "c",
                        "CHROMA_ALLOW_RESET", "false", "FOREBAY_WAL__DURABILITY", "os", "PATH", "/bin"),
                Map.of("server.port", "3"));

        assertThat(config.server().host()).isEqualTo("a");
        assertThat(config.server().port()).isEqualTo(3);
        assertThat(config.server().path()).isEqualTo(Path.of("q"));
        assertThat(config.server().allowReset()).isFalse();
        assertThat(config.wal().durability()).isEqualTo(Durability.OS);
        assertThat(config.wal().extentBytes()).isEqualTo(64 << 20);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"CHROMA_LISTEN_ADDRESS | 0.0.0.0 | server.host",
            "CHROMA_PORT | 9 | server.port", "CHROMA_PERSIST_PATH | x | server.path",
            "CHROMA_ALLOW_RESET | TRUE | server.allow_reset",
            "CHROMA_MAX_PAYLOAD_SIZE_BYTES | 1234567 | server.max_body_bytes",
            "CHROMA_CORS_ALLOW_ORIGINS | [\"a\", \"b\"] | server.cors_allow_origins"})
    void chromasVariablesMeanTheSame(String name, String value, String key) {
        assertThat(ConfigLoader.load(null, Map.of(name, value), Map.of()))
                .isEqualTo(ConfigLoader.load(null, Map.of(), Map.of(key, value)))
                .isNotEqualTo(ServerConfig.defaults());
    }

    @Test
    void listsAreReadFromEverySource() throws IOException {
        assertThat(
                load(file("server:\n  cors_allow_origins: ['http://a', \"*\"]")).server().corsAllowOrigins())
                .containsExactly("http://a", "*");
        assertThat(
                ConfigLoader.load(null, Map.of("FOREBAY_SERVER__CORS_ALLOW_ORIGINS", "http://a, *"), Map.of())
                        .server().corsAllowOrigins())
                .containsExactly("http://a", "*");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "server.port | 65536 | server.port is '65536' (from flag), must be 0 to 65535",
            "server.port | -1 | server.port is '-1' (from flag), must be 0 to 65535",
            "server.port | http | server.port is 'http' (from flag), must be 0 to 65535",
            "server.host | '' | server.host is '' (from flag), must be text, not empty",
            "server.allow_reset | yes | server.allow_reset is 'yes' (from flag), must be true or false",
            "wal.durability | fsync | wal.durability is 'fsync' (from flag), must be sync, os",
            "wal.extent_bytes | 1KiB | wal.extent_bytes is '1KiB' (from flag), must be 1MiB to 1GiB",
            "wal.extent_bytes | 1XiB | wal.extent_bytes is '1XiB' (from flag), must be 1MiB to 1GiB",
            "wal.log_bytes_max | 99999999PiB | wal.log_bytes_max is '99999999PiB' (from flag),"
                    + " must be 1 to 1PiB",
            "log.level | loud | log.level is 'loud' (from flag), must be error, warn, info, debug, trace",
            "index.engine | faiss | index.engine is 'faiss' (from flag), must be native, hnswlib",
            "server.prot | 1 | --set: unknown key 'server.prot'; did you mean server.port?",
            "zzzzzzzzzzzzzzz | 1 | --set: unknown key 'zzzzzzzzzzzzzzz'"})
    void aBadValueNamesKeyValueRangeAndSource(String key, String value, String message) {
        assertThatThrownBy(() -> ConfigLoader.load(null, Map.of(), Map.of(key, value)))
                .isInstanceOf(ConfigException.class).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "wall: {durability: os} | : unknown section 'wall'; did you mean wal?",
            "wal: {durabilty: os} | : unknown key 'wal.durabilty'; did you mean wal.durability?",
            "wal: {durability: } | : wal.durability has no value, must be sync, os",
            "wal: {durability: [os]} | : wal.durability must be sync, os",
            "wal: os | : wal must hold keys",
            "just text | : must be sections of keys",
            "wal: {durability: os | line 1: not YAML"})
    void aBadFileIsNamed(String text, String message) throws IOException {
        Path file = file(text);
        assertThatThrownBy(() -> load(file)).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(file + (message.startsWith(":") ? "" : " ") + message);
    }

    @Test
    void aKeyThatIsSaidTwiceIsAnError() throws IOException {
        Path file = file("wal:\n  durability: os\n  durability: sync\n");
        assertThatThrownBy(() -> load(file)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("line 3");
    }

    @Test
    void anEmptyFileAndEmptySectionsAreTheDefaults() throws IOException {
        assertThat(load(file(""))).isEqualTo(ServerConfig.defaults());
        assertThat(load(file("wal:\nserver:\n"))).isEqualTo(ServerConfig.defaults());
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> load(folder.resolve("none.yaml"))).isInstanceOf(ConfigException.class)
                .hasMessageContaining("none.yaml: no such file");
    }

    @Test
    void variablesThatWereMeantForUsAreNotPassedOver() {
        assertThatThrownBy(() -> ConfigLoader.load(null, Map.of("FOREBAY_WAL_DURABILITY", "os"), Map.of()))
                .hasMessage("unknown environment variable FOREBAY_WAL_DURABILITY; did you mean "
                        + "FOREBAY_WAL__DURABILITY?");
        assertThatThrownBy(() -> ConfigLoader.load(null, Map.of("FOREBAY_WAL__DURABILTY", "os"), Map.of()))
                .hasMessageContaining("did you mean FOREBAY_WAL__DURABILITY?");
        assertThat(ConfigLoader.load(null,
                Map.of("FOREBAY_PORT", "tcp://10.0.0.1:80", "FOREBAY_JVM_OPTS", "-Xmx1g"),
                Map.of())).isEqualTo(ServerConfig.defaults());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://db.example.com", "me@db.example.com"})
    void namesOfTheServerAreNoUrls(String name) {
        Map<String, String> flags = Map.of("server.hosts", "a.example," + name);
        assertThatThrownBy(() -> ConfigLoader.load(null, Map.of(), flags)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("server.hosts has '" + name + "'");
    }

    @Test
    void limitsThatContradictEachOtherAreNamed() {
        assertThatThrownBy(() -> ConfigLoader.load(null, Map.of(),
                Map.of("server.max_bodies_in_flight_bytes", "1MiB"))).isInstanceOf(ConfigException.class)
                .hasMessageContaining("must be 0 or at least server.max_body_bytes, which is 41943040");
    }

    @Test
    void nativeOptionsOfTheMachineMayBeOverridden() {
        ForebayOptions options = ConfigLoader
                .load(null, Map.of(), Map.of("ingest.indexer_threads", "7", "query.query_threads", "3"))
                .forebayOptions();
        assertThat(options.indexerThreads()).isEqualTo(7);
        assertThat(options.queryThreads()).isEqualTo(3);
    }
}

package io.forebay.server.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.engine.manifest.StoreManifest;
import io.forebay.server.config.ConfigException;
import io.forebay.server.config.ConfigLoader;
import io.forebay.server.config.ServerConfig;
import io.forebay.server.doctor.Diagnosis.Level;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the doctor says of this machine and of real stores, ports and disks; limits of others come from files as
 * Linux has them.
 */
class DoctorTest {
    @TempDir
    Path directory;

    private static ServerConfig config(Path store, String... settings) {
        Map<String, String> flags = new TreeMap<>();
        flags.put("server.path", store.toString());
        flags.put("server.port", "0");
        for (int i = 0; i < settings.length; i += 2) {
            flags.put(settings[i], settings[i + 1]);
        }
        return ConfigLoader.load(null, Map.of(), flags);
    }

    private List<Diagnosis> look(String... settings) {
        return Doctor.look("a test", () -> config(directory.resolve("store"), settings), null);
    }

    private static List<Diagnosis> of(List<Diagnosis> all, String topic) {
        return all.stream().filter(one -> one.topic().equals(topic)).toList();
    }

    private void make() {
        Forebay.open(directory.resolve("store"), ForebayOptions.defaults().withExtentBytes(4 << 20)
                .withDiskReserveBytes(0)).close();
    }

    @Test
    void thisMachineIsLookedAtAndNothingIsLeftBehind() throws IOException {
        make();
        List<Diagnosis> all = look();
        assertThat(all).extracting(Diagnosis::topic).contains("processors", "kernels", "memory", "heap",
                "JDK",
                "garbage collector", "direct memory", "disk", "file system", "disk speed", "sync latency",
                "store",
                "rights", "in use", "clock", "configuration", "access", "port");
        assertThat(of(all, "JDK")).singleElement().extracting(Diagnosis::level).isEqualTo(Level.OK);
        assertThat(of(all, "sync latency")).singleElement().extracting(Diagnosis::what).asString()
                .matches("p50 [0-9.]+ ms, p99 [0-9.]+ ms \\([0-9]+ syncs of 4 KiB\\)");
        assertThat(of(all, "disk speed")).singleElement().extracting(Diagnosis::what).asString()
                .matches("[0-9]+ MiB/s written and synced \\([0-9]+ MiB\\)");
        assertThat(all)
                .allSatisfy(one -> assertThat(one.advice().isEmpty()).isEqualTo(one.level() == Level.OK));
        try (Stream<Path> left = Files.walk(directory)) {
            assertThat(left.filter(file -> file.getFileName().toString().contains("doctor"))).isEmpty();
        }
    }

    @Test
    void tightLimitsAreNamedWithWhatToDo() throws IOException {
        Path root = Files.createDirectories(directory.resolve("root"));
        write(root, "proc/self/limits",
                "Max open files            1024                 4096                 files\n");
        write(root, "proc/sys/vm/max_map_count", "1000\n");
        write(root, "sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never\n");
        write(root, "proc/swaps", "Filename Type Size\n/dev/sda2 partition 8\n");
        write(root, "proc/sys/vm/swappiness", "60\n");
        write(root, "sys/fs/cgroup/memory.max", "1073741824\n");
        write(root, "sys/fs/cgroup/cpu.max", "150000 100000\n");
        write(root, "proc/self/mounts",
                "x / ext4 rw 0 0\ny " + directory.toRealPath() + " ext4 rw,noexec 0 0\n");
        List<Diagnosis> all = Doctor.look(new SystemFiles(root), "a test",
                () -> config(directory.resolve("store")), null);
        assertThat(of(all, "open files")).singleElement().satisfies(one -> {
            assertThat(one.level()).isEqualTo(Level.BAD);
            assertThat(one.advice()).contains("ulimit -n 16384");
        });
        assertThat(of(all, "mappings").getFirst().advice()).contains("sysctl vm.max_map_count=262144");
        assertThat(of(all, "huge pages").getFirst().advice()).contains("madvise");
        assertThat(of(all, "swap").getFirst().what()).isEqualTo("on, vm.swappiness 60");
        assertThat(of(all, "memory").getFirst().what()).contains("container limit 1.0 GiB");
        assertThat(of(all, "processors").getFirst().what()).contains("container limit 150000 100000");
        assertThat(of(all, "mount options").getFirst().level()).isEqualTo(Level.BAD);
    }

    private static void write(Path root, String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void aPublicAddressWithoutTokensIsBadAndWithThemItIsNot() throws IOException {
        List<Diagnosis> open = look("server.host", "0.0.0.0", "auth.mode", "off", "server.allow_reset",
                "true",
                "wal.durability", "os");
        assertThat(of(open, "access")).extracting(Diagnosis::level).contains(Level.BAD, Level.WARN);
        assertThat(of(open, "access").getFirst().what()).isEqualTo("listens on 0.0.0.0 without tokens");
        assertThat(of(open, "durability")).extracting(Diagnosis::level).containsExactly(Level.WARN);
        List<Diagnosis> closed = look("server.host", "0.0.0.0", "auth.mode", "tokens", "server.binary_port",
                "-2", "server.tls_certificate", "c.pem", "server.tls_key", "k.pem");
        assertThat(of(closed, "access")).extracting(Diagnosis::level).containsExactly(Level.OK);
    }

    @Test
    void aConfigurationThatIsRefusedIsBadAndTheRestIsLookedAt() {
        List<Diagnosis> all = Doctor.look("a test", () -> {
            throw new ConfigException("server.prot is not known");
        }, directory);
        assertThat(of(all, "configuration")).singleElement().satisfies(one -> {
            assertThat(one.level()).isEqualTo(Level.BAD);
            assertThat(one.what()).isEqualTo("server.prot is not known");
        });
        assertThat(of(all, "disk")).isNotEmpty();
    }

    @Test
    void aPortThatSomebodyElseHasIsBad() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Diagnosis> all = look("server.port", Integer.toString(other.getLocalPort()));
            assertThat(of(all, "port")).singleElement().extracting(Diagnosis::level).isEqualTo(Level.BAD);
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aStoreThatOthersCanReadAClockThatIsBehindAndANewerStoreAreNamed() throws IOException {
        make();
        Path store = directory.resolve("store");
        assertThat(of(look(), "rights").getFirst().what()).endsWith("alone");
        Files.setPosixFilePermissions(store, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setLastModifiedTime(store.resolve("wal/LOCK"), FileTime.from(Instant.now().plusSeconds(7200)));
        Files.writeString(store.resolve(StoreManifest.FILE), "forebay-store 9\ncrc32c: 00000000\n");
        List<Diagnosis> all = new ArrayList<>(look());
        assertThat(of(all, "rights").getFirst().advice()).isEqualTo("chmod -R go= " + store);
        assertThat(of(all, "clock").getFirst().level()).isEqualTo(Level.BAD);
        assertThat(of(all, "store").getFirst().level()).isEqualTo(Level.BAD);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aStoreInMemoryIsBad() {
        Path shared = Path.of("/dev/shm");
        if (Files.isWritable(shared)) {
            List<Diagnosis> all = Doctor.look("a test", () -> config(directory),
                    shared.resolve("forebay-none"));
            assertThat(of(all, "file system")).singleElement().satisfies(one -> {
                assertThat(one.level()).isEqualTo(Level.BAD);
                assertThat(one.advice()).contains("gone with the next start");
            });
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aLinkThatSomebodyPlantedIsNotWrittenThrough() throws IOException {
        Path victim = Files.writeString(directory.resolve("victim"), "mine");
        Files.createSymbolicLink(directory.resolve(".forebay-doctor"), victim);
        assertThat(of(look(), "sync latency")).isNotEmpty();
        assertThat(victim).hasContent("mine");
    }

    @Test
    void theReserveIsTheConfiguredOneAndNothingIsWrittenBelowIt() {
        List<Diagnosis> full = look("wal.disk_reserve_bytes", Long.toString(1L << 50));
        assertThat(of(full, "disk")).singleElement().satisfies(one -> {
            assertThat(one.level()).isEqualTo(Level.BAD);
            assertThat(one.advice()).startsWith("below the reserve of 1048576.0 GiB");
        });
        assertThat(of(full, "disk speed")).extracting(Diagnosis::what)
                .containsExactly("not measured: there is no room for it above the reserve");
        assertThat(of(full, "sync latency")).isEmpty();
        assertThat(of(look("wal.disk_reserve_bytes", "0"), "sync latency")).isNotEmpty();
    }

    @Test
    void aPublicAddressWithoutTlsIsWarnedOfOnBothPortsAndWithItOnNone() {
        String[] open = {"server.host", "0.0.0.0", "auth.mode", "tokens", "server.binary_port", "0"};
        assertThat(of(look(open), "access")).extracting(Diagnosis::what).contains(
                "the port has no TLS, on a public address", "the binary port has no TLS, on a public address");
        String[] safe = Arrays.copyOf(open, open.length + 4);
        System.arraycopy(new String[]{"server.tls_certificate", "c.pem", "server.tls_key", "k.pem"}, 0, safe,
                open.length, 4);
        assertThat(of(look(safe), "access")).extracting(Diagnosis::level).containsExactly(Level.OK);
    }
}

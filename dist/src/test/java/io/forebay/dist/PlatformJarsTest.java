package io.forebay.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a jar is handed out. */
class PlatformJarsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"librocksdbjni-linux64.so", "ai/onnxruntime/native/linux-x64/libonnxruntime.so",
            "linux/amd64/libzstd-jni-1.5.7-15.so", "jni/x86_64-Linux/libjffi-1.2.so",
            "META-INF/native/libnetty_transport_native_epoll_x86_64.so",
            "io/forebay/index/vector/linux-x86_64/libforebaykernels.so", "org/rocksdb/RocksDB.class",
            "META-INF/LICENSE"})
    void whatRunsHereStays(String entry) {
        assertThat(PlatformJars.wantedEntry(entry)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"librocksdbjni-linux64-musl.so", "librocksdbjni-linux-aarch64.so",
            "librocksdbjni-osx-arm64.jnilib", "librocksdbjni-win64.dll",
            "ai/onnxruntime/native/osx-x64/libonnxruntime.dylib.dSYM/Contents/Info.plist",
            "ai/onnxruntime/native/linux-aarch64/libonnxruntime.so", "darwin/x86_64/libzstd-jni-1.5.7-15.dylib",
            "win/amd64/libzstd-jni-1.5.7-15.dll", "jni/ppc-AIX/libjffi-1.2.a"})
    void whatRunsElsewhereGoes(String entry) {
        assertThat(PlatformJars.wantedEntry(entry)).isFalse();
    }

    @Test
    void wholeJarsForOtherPlatformsGo() {
        assertThat(List.of("netty-transport-native-epoll-4.2.18.Final-linux-x86_64.jar", "netty-common-4.2.18.Final.jar",
                "jffi-1.3.12-native.jar")).allMatch(jar -> PlatformJars.wanted(Path.of(jar)));
        assertThat(List.of("netty-transport-native-epoll-4.2.18.Final-linux-aarch_64.jar",
                "netty-codec-native-quic-4.2.18.Final-linux-x86_64.jar",
                "netty-transport-native-kqueue-4.2.18.Final-osx-x86_64.jar"))
                .noneMatch(jar -> PlatformJars.wanted(Path.of(jar)));
    }

    @Test
    void aJarWithoutForeignCodeIsCopiedAsItIsAndOneWithItLosesOnlyThat() throws IOException {
        Path plain = jar("plain.jar", "a/B.class", "lib/linux64.so");
        Path mixed = jar("mixed.jar", "x-linux64.so", "x-win64.dll", "a/B.class");
        Path out = Files.createDirectories(folder.resolve("out"));
        PlatformJars.copy(plain, out);
        PlatformJars.copy(mixed, out);
        assertThat(out.resolve("plain.jar")).hasSameBinaryContentAs(plain);
        try (ZipFile zip = new ZipFile(out.resolve("mixed.jar").toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName)).containsExactly("x-linux64.so", "a/B.class");
            assertThat(zip.getInputStream(zip.getEntry("a/B.class"))).hasContent("a/B.class");
        }
    }

    private Path jar(String name, String... entries) throws IOException {
        Path jar = folder.resolve(name);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (String entry : entries) {
                out.putNextEntry(new ZipEntry(entry));
                out.write(entry.getBytes(StandardCharsets.UTF_8));
                out.closeEntry();
            }
        }
        return jar;
    }
}

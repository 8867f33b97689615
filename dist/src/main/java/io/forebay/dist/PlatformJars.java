package io.forebay.dist;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Enumeration;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Jars as the distribution has them: byte for byte as they were published, but without native code of other platforms.
 * RocksDB's, ONNX Runtime's, zstd's and jffi's carry up to 18 platforms each, 170 MB of 190; these are written anew, in
 * their old order, with the entries of this platform and everything that is not native.
 */
final class PlatformJars {
    /** Whole jars for other platforms, and QUIC, which nothing here speaks. */
    private static final Pattern NOT_FOR_US = Pattern
            .compile(".*-(osx|windows|linux)-(?!x86_64\\.jar).*\\.jar|.*-(osx|windows)-x86_64\\.jar|.*native-quic.*");
    private static final Pattern NATIVE = Pattern
            .compile(".*\\.(so|dll|dylib|jnilib|a)|.*\\.dSYM/.*|.*\\.(pdb|lib)");
    private static final Pattern OURS = Pattern.compile(".*(linux64\\.so|linux-x64/.*\\.so|linux/amd64/.*\\.so"
            + "|x86_64-Linux/.*\\.so|linux[-_]x86_64.*\\.so|native_.*x86_64\\.so)");

    private PlatformJars() {}

    /** Whether this jar is handed out at all. */
    static boolean wanted(Path jar) {
        return !NOT_FOR_US.matcher(String.valueOf(jar.getFileName())).matches();
    }

    static boolean wantedEntry(String name) {
        return !NATIVE.matcher(name).matches() || OURS.matcher(name).matches();
    }

    /** The jar in that folder, smaller where it can be. */
    static void copy(Path jar, Path folder) throws IOException {
        Path to = folder.resolve(String.valueOf(jar.getFileName()));
        try (ZipFile in = new ZipFile(jar.toFile())) {
            if (in.stream().allMatch(entry -> wantedEntry(entry.getName()))) {
                Files.copy(jar, to);
                return;
            }
            try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
                Enumeration<? extends ZipEntry> entries = in.entries();
                while (entries.hasMoreElements()) {
                    ZipEntry entry = entries.nextElement();
                    if (wantedEntry(entry.getName())) {
                        copy(in, entry, out);
                    }
                }
            }
        }
    }

    private static void copy(ZipFile in, ZipEntry entry, ZipOutputStream out) throws IOException {
        ZipEntry copied = new ZipEntry(entry.getName());
        // By its local fields, which know no time zone of the builder.
        LocalDateTime time = entry.getTimeLocal();
        copied.setTimeLocal(time == null ? LocalDateTime.of(1980, 1, 1, 0, 0) : time);
        out.putNextEntry(copied);
        try (InputStream content = in.getInputStream(entry)) {
            content.transferTo(out);
        }
        out.closeEntry();
    }
}

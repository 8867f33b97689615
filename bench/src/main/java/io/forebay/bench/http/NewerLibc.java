package io.forebay.bench.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Lets Chroma's binary (a node add-on) run where the C library is a little older than the one it was linked with, such as
 * Debian 12's 2.36. Of the newer ones it calls {@code strtol} and {@code sscanf} as of C23, which a small library supplies
 * that is compiled here and loaded before; and its demand for the newer versions is marked as weak in its table of needed
 * versions. Nothing that takes time in it is touched.
 *
 * <p>Failure: without a compiler an exception says so.
 *
 * <p>Format: ELF64, little-endian; section {@code SHT_GNU_verneed}, field {@code vna_flags}.
 */
final class NewerLibc {
    private static final Pattern MISSED = Pattern.compile("version `?GLIBC_2\\.(38|39)'? not found");
    private static final List<String> VERSIONS = List.of("GLIBC_2.38", "GLIBC_2.39");
    private static final String SOURCE = """
            #include <stdarg.h>
            #include <stdio.h>
            #include <stdlib.h>
            long __isoc23_strtol(const char *text, char **end, int base) { return strtol(text, end, base); }
            int __isoc23_sscanf(const char *text, const char *format, ...) {
                va_list values;
                va_start(values, format);
                int count = vsscanf(text, format, values);
                va_end(values);
                return count;
            }
            """;
    private static final int VERNEED = 0x6ffffffe;
    private static final short WEAK = 2;

    private final ByteBuffer file;

    private NewerLibc(byte[] file) {
        this.file = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Whether this is how a program fails that was linked with a newer one. */
    static boolean isMissed(String failure) {
        return MISSED.matcher(failure).find();
    }

    /** Changes the add-ons below this directory; the environment in which they run then. */
    static Map<String, String> supply(Path directory) throws IOException, InterruptedException {
        Path library = compile(directory);
        List<Path> addOns;
        try (Stream<Path> files = Files.walk(directory)) {
            addOns = files.filter(file -> file.toString().endsWith(".node")).toList();
        }
        for (Path addOn : addOns) {
            byte[] bytes = Files.readAllBytes(addOn);
            Files.write(addOn, weakened(bytes));
        }
        return Map.of("LD_PRELOAD", library.toAbsolutePath().toString());
    }

    private static Path compile(Path directory) throws IOException, InterruptedException {
        Path source = Files.writeString(directory.resolve("isoc23.c"), SOURCE);
        Path library = directory.resolve("isoc23.so");
        Process compiler;
        try {
            compiler = new ProcessBuilder("cc", "-O2", "-shared", "-fPIC", "-o", library.toString(),
                    source.toString()).redirectErrorStream(true).start();
        } catch (IOException noCompiler) {
            throw new IOException(
                    "its server wants a newer C library, and there is no cc to supply what is missing");
        }
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (compiler.waitFor() != 0) {
            throw new IOException("its server wants a newer C library, and cc fails: " + said);
        }
        return library;
    }

    /** The same array, with the newer versions marked as weak. */
    static byte[] weakened(byte[] elf) {
        new NewerLibc(elf).weaken();
        return elf;
    }

    private void weaken() {
        long sections = file.getLong(0x28);
        int size = file.getShort(0x3a);
        int count = file.getShort(0x3c);
        for (int i = 0; i < count; i++) {
            int header = (int) sections + i * size;
            if (file.getInt(header + 4) == VERNEED) {
                int strings = (int) sections + file.getInt(header + 0x28) * size;
                needs((int) file.getLong(header + 0x18), (int) file.getLong(strings + 0x18));
            }
        }
    }

    /** One entry for each library, and in it one for each of its versions. */
    private void needs(int at, int names) {
        int next = at;
        int step;
        do {
            int version = next + file.getInt(next + 8);
            for (int i = file.getShort(next + 2); i > 0; i--) {
                if (VERSIONS.contains(text(names + file.getInt(version + 8)))) {
                    file.putShort(version + 4, (short) (file.getShort(version + 4) | WEAK));
                }
                version += file.getInt(version + 12);
            }
            step = file.getInt(next + 12);
            next += step;
        } while (step != 0);
    }

    private String text(int at) {
        int end = at;
        while (file.get(end) != 0) {
            end++;
        }
        return new String(file.array(), at, end - at, StandardCharsets.US_ASCII);
    }
}

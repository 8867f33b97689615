package io.forebay.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a process holds at this moment, as Linux says.
 *
 * @param residentBytes all that is in memory, mapped files among it
 * @param privateBytes  of it what no file is behind: heap, direct memory, stacks
 * @param openFiles     file descriptors, sockets among them
 * @param mappings      of memory, of which the kernel allows so many ({@code vm.max_map_count})
 */
public record ProcessState(long residentBytes, long privateBytes, long openFiles, long mappings) {
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern PRIVATE = Pattern.compile("RssAnon:\\s+(\\d+) kB");

    /** All 0 where the system does not say. */
    public static ProcessState of(ProcessHandle process) throws IOException {
        Path proc = Path.of("/proc/" + process.pid());
        if (!Files.isReadable(proc.resolve("status"))) {
            return new ProcessState(0, 0, 0, 0);
        }
        String status = Files.readString(proc.resolve("status"));
        return new ProcessState(kilobytes(RESIDENT, status) << 10, kilobytes(PRIVATE, status) << 10,
                count(proc.resolve("fd")), lines(proc.resolve("maps")));
    }

    private static long kilobytes(Pattern pattern, String status) {
        Matcher matcher = pattern.matcher(status);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.count();
        }
    }

    private static long lines(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        }
    }
}

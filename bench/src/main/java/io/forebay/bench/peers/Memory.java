package io.forebay.bench.peers;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a process and its children have in memory, each shared page counted once (Linux' proportional set size, because
 * PostgreSQL's processes share their buffers); NaN where the system does not say.
 *
 * @param residentBytes mapped files among it
 * @param privateBytes  of it what no file is behind: heaps, stacks, shared buffers
 */
record Memory(double residentBytes, double privateBytes) implements Serializable {
    static final Memory UNKNOWN = new Memory(Double.NaN, Double.NaN);
    private static final Pattern RESIDENT = Pattern.compile("(?m)^Pss:\\s+(\\d+) kB");
    private static final Pattern ANONYMOUS = Pattern.compile("(?m)^Pss_Anon:\\s+(\\d+) kB");
    private static final Pattern SHARED = Pattern.compile("(?m)^Pss_Shmem:\\s+(\\d+) kB");

    static Memory of(ProcessHandle process) {
        List<ProcessHandle> tree = Stream.concat(Stream.of(process), process.descendants()).toList();
        double resident = 0;
        double own = 0;
        for (ProcessHandle one : tree) {
            Path pages = Path.of("/proc/" + one.pid() + "/smaps_rollup");
            try {
                String text = Files.readString(pages);
                resident += kilobytes(RESIDENT, text) * 1024;
                own += (kilobytes(ANONYMOUS, text) + kilobytes(SHARED, text)) * 1024;
            } catch (IOException gone) {
                if (one.pid() == process.pid()) {
                    return UNKNOWN;
                }
                // A child that ended meanwhile has nothing any more.
            }
        }
        return new Memory(resident, own);
    }

    private static double kilobytes(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : Double.NaN;
    }

    Memory since(Memory before) {
        return new Memory(residentBytes - before.residentBytes, privateBytes - before.privateBytes);
    }
}

package io.forebay.bench.index;

import io.forebay.index.vector.VectorSegment;
import io.forebay.index.vector.VectorStats;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bytes that a segment takes, by kind: {@code rows} are its files, which are mapped and may be paged out; all
 * else stays in memory.
 *
 * @param disk blocks that its directory has in the file system; what the segment says of itself where {@code
 * du} is missing
 */
record SegmentBytes(Map<String, Long> kinds, long disk) {
    private static final String ROWS = "rows";
    private static final String HEAP = "heap";

    static SegmentBytes of(VectorSegment segment, Path directory, long heapBefore)
            throws IOException, InterruptedException {
        segment.force();
        VectorStats stats = segment.stats();
        Map<String, Long> kinds = new LinkedHashMap<>();
        kinds.put(ROWS, stats.diskBytes());
        if (stats.codeBytes() + stats.graphBytes() > 0) {
            kinds.put("codes", stats.codeBytes());
            kinds.put("graph", stats.graphBytes());
        }
        kinds.put(HEAP, Math.max(0, heapUsed() - heapBefore));
        return new SegmentBytes(kinds, disk(directory, stats.diskBytes()));
    }

    /** What is live on the heap; a few collections, because what a cleaner frees needs a second one. */
    static long heapUsed() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long disk(Path directory, long otherwise) throws IOException, InterruptedException {
        Process du;
        try {
            du = new ProcessBuilder("du", "-s", "-B1", directory.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException missing) {
            return otherwise;
        }
        String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return du.waitFor() == 0 ? Long.parseLong(said.split("\\s")[0]) : otherwise;
    }

    long all() {
        return kinds.values().stream().mapToLong(bytes -> bytes).sum();
    }

    /**
     * Whether the segment tells of memory off the heap; where it does not and has some, the sums are too
     * small.
     */
    boolean hasOffHeap() {
        return kinds.keySet().stream().anyMatch(kind -> !kind.equals(ROWS) && !kind.equals(HEAP));
    }

    /** What is neither a file nor can be paged out. */
    long resident() {
        return kinds.entrySet().stream().filter(kind -> !kind.getKey().equals(ROWS))
                .mapToLong(Map.Entry::getValue).sum();
    }
}

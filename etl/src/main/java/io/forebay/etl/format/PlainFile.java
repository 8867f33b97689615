package io.forebay.etl.format;

import io.forebay.model.file.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file for formats that are not read from front to back. A compressed one is expanded once into {@code NAME.expanded}
 * beside it, which is used again at every later opening, also after a restart; whoever deletes the file deletes it too.
 *
 * <p>Threads: any; one at a time expands a file, another one that comes meanwhile is refused.
 *
 * <p>Failure: it is written as {@code NAME.expanded.part} and renamed by {@link DurableFiles}, so what has the name is
 * whole. A file that cannot be expanded leaves nothing; what a kill leaves is written over at the next opening. One that
 * is older than its file is made anew.
 */
final class PlainFile {
    static final String EXPANDED = ".expanded";
    private static final String ASIDE = ".part";
    static final String PART = EXPANDED + ASIDE;
    /** 20 GiB. */
    static final long EXPANDED_BYTES_MAX = 20L << 30;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final Set<Path> EXPANDING = ConcurrentHashMap.newKeySet();

    private PlainFile() {}

    static Path of(Path file, Compression compression, int ratioMax) throws IOException {
        return of(file, compression, ratioMax, EXPANDED_BYTES_MAX);
    }

    /** With another limit, for tests. */
    static Path of(Path file, Compression compression, int ratioMax, long bytesMax) throws IOException {
        if (compression == Compression.NONE) {
            return file;
        }
        Path expanded = beside(file, EXPANDED);
        if (!EXPANDING.add(expanded)) {
            throw new IOException("The file is being expanded already");
        }
        try {
            if (!isThere(expanded, file)) {
                expand(file, compression, ratioMax, bytesMax, expanded);
            }
            return expanded;
        } finally {
            EXPANDING.remove(expanded);
        }
    }

    private static Path beside(Path file, String suffix) {
        Path absolute = file.toAbsolutePath();
        return absolute.resolveSibling(absolute.getFileName() + suffix);
    }

    private static boolean isThere(Path expanded, Path file) throws IOException {
        return Files.exists(expanded)
                && Files.getLastModifiedTime(expanded).compareTo(Files.getLastModifiedTime(file)) >= 0;
    }

    private static void expand(Path file, Compression compression, int ratioMax, long bytesMax, Path expanded)
            throws IOException {
        try (ExpandedInput in = ExpandedInput.open(file, compression, ratioMax)) {
            DurableFiles.replace(expanded, ASIDE, out -> copy(in, out, bytesMax));
        }
    }

    private static void copy(ExpandedInput in, FileChannel out, long bytesMax) throws IOException {
        byte[] bytes = new byte[BUFFER_BYTES];
        long total = 0;
        for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
            total += count;
            if (total > bytesMax) {
                throw new UnreadableFileException("The file expands to more than " + bytesMax
                        + " bytes, the most that a compressed .xlsx or .parquet may expand to");
            }
            DurableFiles.writeFully(out, ByteBuffer.wrap(bytes, 0, count));
        }
    }
}

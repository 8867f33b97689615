package io.forebay.dist;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * A tar that is the same wherever it is made: entries in the order of their names, one time, root's, and modes by rule
 * ({@link Modes}).
 */
final class TarFile implements AutoCloseable {
    private final TarArchiveOutputStream tar;
    private final Instant time;

    private TarFile(OutputStream out, Instant time) {
        this.time = time;
        tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
    }

    static TarFile gzipped(Path file, Instant time) throws IOException {
        return gzipped(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16), time);
    }

    static TarFile gzipped(OutputStream out, Instant time) throws IOException {
        GzipParameters parameters = new GzipParameters();
        parameters.setCompressionLevel(6);
        // Neither time nor system of the builder in its header.
        parameters.setOperatingSystem(255);
        return new TarFile(new GzipCompressorOutputStream(out, parameters), time);
    }

    static TarFile plain(OutputStream out, Instant time) {
        return new TarFile(out, time);
    }

    /** A folder and all in it, under this name. */
    void tree(Path folder, String name) throws IOException {
        for (Path path : sorted(folder)) {
            String relative = folder.relativize(path).toString();
            String entry = relative.isEmpty() ? name : name + "/" + relative;
            if (Files.isSymbolicLink(path)) {
                link(entry, Files.readSymbolicLink(path).toString());
            } else if (Files.isDirectory(path)) {
                folder(entry, 0755);
            } else {
                file(entry, path, Modes.of(path, relative));
            }
        }
    }

    void folder(String name, int mode) throws IOException {
        folder(name, mode, 0);
    }

    void folder(String name, int mode, int owner) throws IOException {
        TarArchiveEntry entry = entry(name.endsWith("/") ? name : name + "/", TarConstants.LF_DIR, mode);
        entry.setIds(owner, owner);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    void link(String name, String to) throws IOException {
        TarArchiveEntry entry = entry(name, TarConstants.LF_SYMLINK, 0777);
        entry.setLinkName(to);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    void file(String name, Path content, int mode) throws IOException {
        TarArchiveEntry entry = entry(name, TarConstants.LF_NORMAL, mode);
        entry.setSize(Files.size(content));
        tar.putArchiveEntry(entry);
        Files.copy(content, tar);
        tar.closeArchiveEntry();
    }

    void file(String name, String content, int mode) throws IOException {
        file(name, content.getBytes(StandardCharsets.UTF_8), mode);
    }

    void file(String name, byte[] content, int mode) throws IOException {
        TarArchiveEntry entry = entry(name, TarConstants.LF_NORMAL, mode);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private TarArchiveEntry entry(String name, byte kind, int mode) {
        // Leading "./" of Debian's packages stays.
        TarArchiveEntry entry = new TarArchiveEntry(name, kind, true);
        entry.setMode(mode);
        entry.setIds(0, 0);
        entry.setNames("root", "root");
        entry.setModTime(time.toEpochMilli());
        return entry;
    }

    static List<Path> sorted(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
        }
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}

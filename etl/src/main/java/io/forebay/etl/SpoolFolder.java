package io.forebay.etl;

import io.forebay.etl.format.Formats;
import io.forebay.etl.source.Fetch;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.file.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that are being uploaded or wait for their jobs. Names are made here, whatever the client calls its file. Whoever
 * fetches or reads a file may keep files of its own beside it, by suffixes that are known here: they go with it.
 *
 * <p>Threads: any; each upload one at a time.
 *
 * <p>Failure: an upload that fails in any way leaves no file; what a kill leaves behind is an orphan, which
 * {@link #sweep} removes.
 */
final class SpoolFolder {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolFolder.class);
    private static final String SUFFIX = ".upload";
    /** Behind the name of a file, of what belongs to it: how far its fetch is, and its content without compression. */
    private static final List<String> COMPANIONS = Stream.concat(Fetch.SUFFIXES.stream(),
            Formats.SUFFIXES.stream()).toList();

    private final Path folder;
    private final long uploadBytesMax;
    private final Set<String> open = ConcurrentHashMap.newKeySet();

    /** How many files there are, and their bytes. */
    record Size(long files, long bytes) {}

    SpoolFolder(Path folder, long uploadBytesMax) throws IOException {
        this.folder = folder;
        this.uploadBytesMax = uploadBytesMax;
        Files.createDirectories(folder);
    }

    Path path() {
        return folder;
    }

    Upload upload() {
        String name = UUID.randomUUID() + SUFFIX;
        open.add(name);
        try {
            FileChannel file = FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
            return new SpoolUpload(name, file);
        } catch (IOException e) {
            open.remove(name);
            throw failure(e);
        }
    }

    private static ForebayException failure(IOException e) {
        boolean full = String.valueOf(e.getMessage()).contains("No space left");
        return new ForebayException(full ? ErrorCode.INSUFFICIENT_STORAGE : ErrorCode.UNAVAILABLE,
                full ? "The disk has no room for the file" : "The file cannot be kept: " + e.getMessage(), e);
    }

    boolean has(String name) {
        return Files.exists(folder.resolve(name));
    }

    /** The file and what belongs to it. */
    void deleteAll(String name) {
        delete(name);
        COMPANIONS.forEach(suffix -> delete(name + suffix));
    }

    private void delete(String name) {
        try {
            Files.deleteIfExists(folder.resolve(name));
        } catch (IOException e) {
            LOG.warn("spool file {} cannot be removed", name, e);
        }
    }

    /** The name of the file that it belongs to, or its own. */
    private static String owner(String name) {
        for (String suffix : COMPANIONS) {
            if (name.endsWith(suffix)) {
                return name.substring(0, name.length() - suffix.length());
            }
        }
        return name;
    }

    /** Removes files that nobody names and that were not touched for so long, with what belongs to them. */
    int sweep(Set<String> named, long olderThanMillis) {
        int removed = 0;
        long before = System.currentTimeMillis() - olderThanMillis;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String owner = owner(name);
                if (!open.contains(owner) && !named.contains(owner) && isBefore(file, before)) {
                    deleteAll(name);
                    removed++;
                }
            }
        } catch (IOException e) {
            LOG.warn("spool folder {} cannot be swept", folder, e);
        }
        return removed;
    }

    private static boolean isBefore(Path file, long millis) throws IOException {
        try {
            FileTime touched = Files.getLastModifiedTime(file);
            return touched.toMillis() < millis;
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    Size size() {
        long files = 0;
        long bytes = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                files++;
                bytes += Files.exists(file) ? Files.size(file) : 0;
            }
        } catch (IOException e) {
            LOG.debug("spool folder {} moves while it is counted", folder, e);
        }
        return new Size(files, bytes);
    }

    private final class SpoolUpload implements Upload {
        private final String name;
        private final FileChannel file;
        private long bytes;
        private boolean over;

        SpoolUpload(String name, FileChannel file) {
            this.name = name;
            this.file = file;
        }

        @Override
        public void write(ByteBuffer from) {
            bytes += from.remaining();
            if (bytes > uploadBytesMax) {
                abort();
                throw new ForebayException(ErrorCode.PAYLOAD_TOO_LARGE, "The file has more than "
                        + uploadBytesMax
                        + " bytes, which is the limit of one upload (imports.max_upload_bytes)");
            }
            try {
                DurableFiles.writeFully(file, from);
            } catch (IOException e) {
                abort();
                throw failure(e);
            }
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public String finish() {
            try (file) {
                file.force(true);
                over = true;
                DurableFiles.syncNames(folder);
            } catch (IOException e) {
                abort();
                throw failure(e);
            }
            return name;
        }

        @Override
        public void abort() {
            if (over) {
                if (open.remove(name)) { // finished, and no job has it
                    deleteAll(name);
                }
                return;
            }
            over = true;
            try {
                file.close();
            } catch (IOException e) {
                LOG.debug("spool file {}", name, e);
            }
            deleteAll(name);
            open.remove(name);
        }
    }

    /** A job names them now. */
    void taken(String name) {
        open.remove(name);
    }
}

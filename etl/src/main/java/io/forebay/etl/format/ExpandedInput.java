package io.forebay.etl.format;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * A file's bytes without their compression.
 *
 * <p>Failure: damaged, truncated, followed by something else, or expanding more than the limit allows: all of these are an
 * {@link UnreadableFileException}; every other IOException is the disk's.
 */
final class ExpandedInput extends InputStream {
    /** So much may come of any number of bytes: small files of equal lines compress very well. */
    static final long FREE_BYTES = 64L << 20;
    private static final int ZSTD_WINDOW_LOG_MAX = 27;

    private final FileInput file;
    private final InputStream in;
    private final Compression compression;
    private final int ratioMax;
    private long expanded;

    private ExpandedInput(FileInput file, InputStream in, Compression compression, int ratioMax) {
        this.file = file;
        this.in = in;
        this.compression = compression;
        this.ratioMax = ratioMax;
    }

    static ExpandedInput open(Path path, Compression compression, int ratioMax) throws IOException {
        FileInput file = new FileInput(path);
        try {
            return new ExpandedInput(file, expand(file, compression), compression, ratioMax);
        } catch (IOException | RuntimeException e) {
            file.close();
            if (file.hasFailed()) {
                throw e;
            }
            throw unreadable(e, compression);
        }
    }

    private static InputStream expand(FileInput file, Compression compression) throws IOException {
        return switch (compression) {
            case NONE -> file;
            case GZIP -> GzipCompressorInputStream.builder().setInputStream(file)
                    .setDecompressConcatenated(true).get();
            case ZSTD -> new ZstdInputStreamNoFinalizer(file, RecyclingBufferPool.INSTANCE)
                    .setLongMax(ZSTD_WINDOW_LOG_MAX);
        };
    }

    /** Bytes of the file itself that were read. */
    long fileBytes() {
        return file.position();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            int count = in.read(bytes, offset, length);
            if (compression != Compression.NONE && count > 0) {
                expanded += count;
                checkRatio();
            }
            return count;
        } catch (UnreadableFileException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            if (file.hasFailed() || compression == Compression.NONE) {
                throw e;
            }
            throw unreadable(e, compression);
        }
    }

    private void checkRatio() throws UnreadableFileException {
        if (expanded > FREE_BYTES && expanded / ratioMax > Math.max(1, file.position())) {
            throw new UnreadableFileException("The file's " + file.position() + " bytes so far expand to "
                    + expanded
                    + ", more than " + ratioMax + " times as much (limit imports.max_expanded_ratio)");
        }
    }

    private static UnreadableFileException unreadable(Exception e, Compression compression) {
        String name = compression.name().toLowerCase(Locale.ROOT);
        String said = String.valueOf(e.getMessage());
        if (e instanceof EOFException || said.contains("Truncated source")) {
            return new UnreadableFileException("The " + name + " file ends in the middle", e);
        }
        if (said.contains("after a valid .gz stream")) {
            return new UnreadableFileException("Something that is not gzip follows the " + name + " data", e);
        }
        return new UnreadableFileException("The " + name + " data is damaged: " + said, e);
    }

    @Override
    public long skip(long count) throws IOException {
        return compression == Compression.NONE ? file.skip(count) : super.skip(count);
    }

    /** How many bytes there were to pass over. */
    long skipUpTo(long count) throws IOException {
        long left = count;
        while (left > 0) {
            long skipped = skip(left);
            if (skipped <= 0) {
                break;
            }
            left -= skipped;
        }
        return count - left;
    }

    /** The size of the file when it has no compression; -1 otherwise. */
    long size() throws IOException {
        return compression == Compression.NONE ? file.size() : -1;
    }

    @Override
    public void close() throws IOException {
        try {
            in.close();
        } finally {
            file.close();
        }
    }
}

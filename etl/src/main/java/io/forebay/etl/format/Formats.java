package io.forebay.etl.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a file is, and a stream of its documents. {@link #detect} is for the moment when a file is handed in and reads
 * only its beginning; what is wrong further on is met while reading.
 *
 * <p>Threads: any may call; a source is for one.
 *
 * <p>Invariants: the same file and options give the same items with the same ordinals at every reading, so a reader
 * that skips {@code k} items gives what is left of one that read them. Memory is bounded by the limit on one document
 * and by constants of each format, not by the file.
 *
 * <p>Failure: a document that cannot be read is a {@link SourceItem.Bad}; a file that cannot be read any further is an
 * {@link UnreadableFileException}, whose message is for the one who made the file; any other IOException is the disk's.
 *
 * <p>Files: a compressed XLSX or Parquet file is expanded beside itself when it is opened first ({@link PlainFile}); who
 * deletes the file deletes what has one of the {@link #SUFFIXES} behind its name as well. {@link #detect} writes nothing.
 */
public final class Formats {
    /** Of files that an opening may leave beside a file. */
    public static final List<String> SUFFIXES = List.of(PlainFile.EXPANDED, PlainFile.PART);

    private static final int MARK_BYTES_MAX = 4;

    private Formats() {}

    /** Whether the extension is one that is read: so {@link #detect} does not refuse the name. */
    public static boolean knows(String fileName) {
        return FileNames.find(fileName) != null;
    }

    /** @throws io.forebay.model.ForebayException UNSUPPORTED_MEDIA_TYPE for an unknown extension */
    public static void checkName(String fileName) {
        FileNames.format(fileName);
    }

    /**
     * By the extension of the name and a look at the first bytes.
     *
     * @param sideName of the file of documents that belongs to a file of vectors; null for none
     * @throws io.forebay.model.ForebayException UNSUPPORTED_MEDIA_TYPE for an unknown extension; UNPROCESSABLE for
     *                                           content that is not what the name says, and for a side file that is
     *                                           missing or not wanted
     */
    public static DetectedFormat detect(String fileName, Path file, @Nullable String sideName,
            @Nullable Path sideFile) {
        DetectedFormat detected = Detection.of(fileName, file);
        Detection.checkSide(detected, sideName, sideFile);
        return detected;
    }

    /**
     * @param skip how many items to pass over
     * @throws UnreadableFileException if the file cannot be read from its beginning on
     */
    public static DocumentSource open(DetectedFormat detected, Path file, @Nullable String sideName,
            @Nullable Path sideFile, FormatOptions options, long skip) throws IOException {
        if (skip < 0) {
            throw new IllegalArgumentException("skip " + skip);
        }
        return switch (detected.format()) {
            case JSONL, JSON -> json(detected, file, options, skip);
            case CSV -> csv(detected, file, ',', options, skip);
            case TSV -> csv(detected, file, '\t', options, skip);
            case NPY, FVECS -> vectors(detected, file, side(sideName, sideFile), options, skip);
            case XLSX -> xlsx(detected, file, options, skip);
            case PARQUET -> parquet(detected, file, options, skip);
        };
    }

    private static JsonSource json(DetectedFormat detected, Path file, FormatOptions options, long skip)
            throws IOException {
        ExpandedInput expanded = ExpandedInput.open(file, detected.compression(), options.expandedRatioMax());
        return opened(expanded, () -> {
            byte[] first = expanded.readNBytes(MARK_BYTES_MAX);
            TextStart start = TextStart.of(first, options.charset());
            InputStream bytes = behind(first, start, expanded);
            InputStream utf8 = start.charset().equals(StandardCharsets.UTF_8)
                    ? bytes
                    : new TranscodedInput(new DecodingReader(bytes, start.charset()));
            Pieces pieces = detected.format() == FileFormat.JSONL
                    ? new Lines(utf8, expanded, options.lineBytesMax())
                    : new ArrayElements(utf8, expanded, options.lineBytesMax());
            JsonSource source = new JsonSource(pieces, options.embeddingField(), start.charset().name());
            source.skip(skip);
            return source;
        });
    }

    private static DocumentSource csv(DetectedFormat detected, Path file, char separator,
            FormatOptions options, long skip) throws IOException {
        ExpandedInput expanded = ExpandedInput.open(file, detected.compression(), options.expandedRatioMax());
        return opened(expanded, () -> {
            byte[] first = expanded.readNBytes(MARK_BYTES_MAX);
            TextStart start = TextStart.of(first, options.charset());
            CsvRecords records = new CsvRecords(
                    new DecodingReader(behind(first, start, expanded), start.charset()), separator,
                    options.lineBytesMax());
            CsvSource source = new CsvSource(records, expanded, separator, options);
            source.skip(skip);
            return source;
        });
    }

    private record Side(DetectedFormat detected, Path file) {}

    private static Side side(@Nullable String sideName, @Nullable Path sideFile) {
        if (sideName == null || sideFile == null) {
            throw new IllegalArgumentException("vectors without a side file");
        }
        return new Side(FileNames.format(sideName), sideFile);
    }

    private static DocumentSource vectors(DetectedFormat detected, Path file, Side side,
            FormatOptions options,
            long skip) throws IOException {
        ExpandedInput expanded = ExpandedInput.open(file, detected.compression(), options.expandedRatioMax());
        return opened(expanded, () -> {
            Vectors vectors = detected.format() == FileFormat.NPY
                    ? new NpyVectors(expanded)
                    : new FvecsVectors(expanded);
            JsonSource documents = json(side.detected, side.file, options, 0);
            return opened(documents, () -> {
                JoinedSource source = new JoinedSource(vectors, documents, options.embeddingField());
                source.skip(skip);
                return source;
            });
        });
    }

    private static DocumentSource xlsx(DetectedFormat detected, Path file, FormatOptions options, long skip)
            throws IOException {
        Path plain = PlainFile.of(file, detected.compression(), options.expandedRatioMax());
        XlsxFile workbook = new XlsxFile(plain, options.expandedRatioMax());
        return opened(workbook, () -> {
            XlsxSource source = new XlsxSource(workbook, Files.size(file), options);
            source.skip(skip);
            return source;
        });
    }

    private static DocumentSource parquet(DetectedFormat detected, Path file, FormatOptions options,
            long skip) throws IOException {
        Path plain = PlainFile.of(file, detected.compression(), options.expandedRatioMax());
        ParquetSource source = new ParquetSource(plain, options);
        return opened(source, () -> {
            source.skip(skip);
            return source;
        });
    }

    private static InputStream behind(byte[] first, TextStart start, InputStream in) {
        return new SequenceInputStream(new ByteArrayInputStream(first, start.markBytes(),
                first.length - start.markBytes()), in);
    }

    @FunctionalInterface
    private interface Opening<T> {
        T open() throws IOException;
    }

    /** Closes what it stands on if it cannot be opened. */
    private static <T> T opened(AutoCloseable below, Opening<T> opening) throws IOException {
        try {
            return opening.open();
        } catch (IOException | RuntimeException e) {
            try {
                below.close();
            } catch (Exception suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }
}

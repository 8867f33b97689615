package io.forebay.client.dataset;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a small dataset out of a large one: every k-th record and every q-th query, bytes as they are, and
 * the exact answers computed again among the records that were kept. The same input gives the same files.
 */
public final class SampleWriter {
    private static final int NEIGHBOURS = 100;

    private final Dataset source;
    private final Path folder;
    private final int everyRecord;
    private final int everyQuery;

    public SampleWriter(Dataset source, Path folder, int everyRecord, int everyQuery) {
        if (everyRecord < 1 || everyQuery < 1) {
            throw new IllegalArgumentException("steps are " + everyRecord + " and " + everyQuery
                    + ", must be at least 1");
        }
        this.source = source;
        this.folder = folder;
        this.everyRecord = everyRecord;
        this.everyQuery = everyQuery;
    }

    /** Writes the files and answers the dataset that they are. */
    public Dataset write() throws IOException {
        Files.createDirectories(folder);
        long queryCount = source.queryEmbeddings().size();
        long records = kept(source.records(), everyRecord);
        long asked = kept(queryCount, everyQuery);
        Path embeddings = renamed(source.embeddings(), source.records(), records);
        Path queries = renamed(source.queries(), queryCount, asked);
        copyLines(source.documents(), renamed(source.documents(), source.records(), records), everyRecord);
        copyRows(source.embeddings(), embeddings, everyRecord);
        copyLines(source.queryDocuments(), renamed(source.queryDocuments(), queryCount, asked), everyQuery);
        copyRows(source.queries(), queries, everyQuery);
        List<int[]> nearest = ExactSearch.nearest(Dataset.floats(embeddings, Long.MAX_VALUE),
                Dataset.floats(queries, Long.MAX_VALUE), source.space(), (int) Math.min(NEIGHBOURS, records));
        writeNeighbours(nearest, renamed(source.neighbours(), queryCount, asked));
        return Datasets.open(folder);
    }

    private static long kept(long count, int every) {
        return (count + every - 1) / every;
    }

    /** Names carry the number of lines or rows. */
    private Path renamed(Path file, long count, long newCount) {
        return folder.resolve(
                file.getFileName().toString().replaceFirst("-" + count + "(?=[-.])", "-" + newCount));
    }

    private static void copyLines(Path from, Path to, int every) throws IOException {
        try (DocumentReader reader = DocumentReader.open(from);
                OutputStream out = new BestGzip(Files.newOutputStream(to))) {
            long line = 0;
            for (String text = reader.nextLine(); text != null; text = reader.nextLine()) {
                if (line++ % every == 0) {
                    reader.parse(text);
                    out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }

    private static void copyRows(Path from, Path to, int every) throws IOException {
        ByteArrayOutputStream rowBytes = new ByteArrayOutputStream();
        try (NpyReader reader = NpyReader.open(from)) {
            long row = 0;
            for (byte @Nullable [] bytes = reader.nextRaw(); bytes != null; bytes = reader.nextRaw()) {
                if (row++ % every == 0) {
                    rowBytes.write(bytes);
                }
            }
            long rows = kept(reader.rows(), every);
            try (OutputStream out = Files.newOutputStream(to)) {
                out.write(NpyHeader.format(reader.type(), rows, reader.columns()));
                rowBytes.writeTo(out);
            }
        }
    }

    private static void writeNeighbours(List<int[]> nearest, Path to) throws IOException {
        int columns = nearest.get(0).length;
        ByteBuffer bytes = ByteBuffer.allocate(4 * columns).order(ByteOrder.LITTLE_ENDIAN);
        try (OutputStream out = Files.newOutputStream(to)) {
            out.write(NpyHeader.format(NpyType.INT32, nearest.size(), columns));
            for (int[] row : nearest) {
                bytes.asIntBuffer().put(row);
                out.write(bytes.array());
            }
        }
    }

    /** The smallest gzip; the JDK writes no time into the header, so the same lines give the same file. */
    private static final class BestGzip extends GZIPOutputStream {
        BestGzip(OutputStream out) throws IOException {
            super(out, 1 << 16);
            def.setLevel(Deflater.BEST_COMPRESSION);
        }
    }
}

package io.forebay.bench.peers;

import io.forebay.bench.load.Workspace;
import io.forebay.model.RecordBatch;
import io.forebay.model.Space;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Version;
import org.jspecify.annotations.Nullable;

/**
 * Lucene's HNSW in this process: vectors unquantized, documents and metadata stored. A batch is acknowledged when it is in
 * the writer's memory; one commit at the end makes all durable and searchable. The width of a search is the k of its query,
 * of whose answers the first are taken.
 */
final class LucenePeer implements Peer {
    private static final int M = 16;
    private static final int BEAM_WIDTH = 100;
    private static final double BUFFER_MEGABYTES = 512;
    private static final String VECTOR = "vector";

    private final PeerSetup setup;
    private final Path directory;
    private final boolean merged;
    private final VectorSimilarityFunction similarity;
    private @Nullable Path files;
    private @Nullable FSDirectory store;
    private @Nullable IndexWriter writer;
    private @Nullable DirectoryReader reader;
    private @Nullable IndexSearcher searcher;
    private volatile int width = 100;

    private LucenePeer(PeerSetup setup, Path directory, boolean merged) {
        this.setup = setup;
        this.directory = directory;
        this.merged = merged;
        similarity = switch (setup.space()) {
            case COSINE -> VectorSimilarityFunction.DOT_PRODUCT;
            case L2 -> VectorSimilarityFunction.EUCLIDEAN;
            case IP -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
        };
    }

    static LucenePeer open(PeerSetup setup, Path directory, boolean merged) throws IOException {
        return new LucenePeer(setup, Files.createDirectories(directory), merged);
    }

    @Override
    public String about() {
        return "lucene-core " + Version.LATEST + ", M " + M + ", beamWidth " + BEAM_WIDTH + ", "
                + (setup.space() == Space.COSINE ? "dot product of unit vectors" : similarity)
                + ", unquantized, buffer " + (int) BUFFER_MEGABYTES
                + " MB, mapped files, width = k of the query;"
                + " acked: in the writer's memory; complete: one commit"
                + (merged
                        ? ", then merged into one segment"
                        : "; merges after it are awaited, but not counted");
    }

    @Override
    public void use(String collection) throws IOException {
        Path folder = directory.resolve(collection);
        files = folder;
        FSDirectory opened = FSDirectory.open(folder);
        store = opened;
        IndexWriterConfig config = new IndexWriterConfig().setRAMBufferSizeMB(BUFFER_MEGABYTES)
                .setCodec(new Lucene104Codec() {
                    @Override
                    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                        return new Lucene99HnswVectorsFormat(M, BEAM_WIDTH);
                    }
                });
        writer = new IndexWriter(opened, config);
    }

    private IndexWriter writer() {
        return Objects.requireNonNull(writer);
    }

    @Override
    public void write(RecordBatch batch) {
        try {
            List<Document> documents = new ArrayList<>(batch.size());
            for (int i = 0; i < batch.size(); i++) {
                documents.add(document(batch, i));
            }
            writer().addDocuments(documents);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Document document(RecordBatch batch, int record) throws IOException {
        Document document = new Document();
        document.add(new StringField("id", batch.id(record), Field.Store.YES));
        float[] vector = new float[setup.dimension()];
        batch.copyEmbedding(record, vector);
        Vectors.prepare(vector, setup.space());
        document.add(new KnnFloatVectorField(VECTOR, vector, similarity));
        String text = batch.document(record);
        if (text != null) {
            document.add(new StoredField("document", text));
        }
        String metadata = MetadataText.of(batch.metadata(record));
        if (metadata != null) {
            document.add(new StoredField("metadata", metadata));
        }
        return document;
    }

    @Override
    public void complete() throws IOException {
        if (merged) {
            writer().forceMerge(1);
        }
        writer().commit();
        refresh();
    }

    /** The merges that the policy asked for: they would take the processors from the queries. */
    @Override
    public void settle() throws IOException {
        IndexWriter open = writer;
        if (open != null) {
            open.close();
            writer = null;
            refresh();
        }
    }

    private void refresh() throws IOException {
        DirectoryReader before = reader;
        DirectoryReader opened = DirectoryReader.open(Objects.requireNonNull(store));
        reader = opened;
        searcher = new IndexSearcher(opened);
        if (before != null) {
            before.close();
        }
    }

    @Override
    public long count() {
        return Objects.requireNonNull(reader).numDocs();
    }

    @Override
    public void searchWidth(int candidates) {
        width = candidates;
    }

    @Override
    public List<String> nearest(float[] embedding, int count) {
        IndexSearcher asked = Objects.requireNonNull(searcher);
        float[] query = embedding.clone();
        Vectors.prepare(query, setup.space());
        int k = Math.max(count, width);
        try {
            ScoreDoc[] found = asked.search(new KnnFloatVectorQuery(VECTOR, query, k), count).scoreDocs;
            StoredFields stored = asked.storedFields();
            List<String> ids = new ArrayList<>(found.length);
            for (ScoreDoc hit : found) {
                ids.add(stored.document(hit.doc).get("id"));
            }
            return ids;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void drop() throws IOException {
        close();
        Path folder = files;
        if (folder != null) {
            Workspace.delete(folder);
        }
        files = null;
    }

    @Override
    public ProcessHandle process() {
        return ProcessHandle.current();
    }

    @Override
    public @Nullable Path files() {
        return files;
    }

    @Override
    public void collectGarbage() {
        OwnMemory.collectGarbage();
    }

    @Override
    public void close() throws IOException {
        DirectoryReader open = reader;
        if (open != null) {
            open.close();
        }
        IndexWriter writing = writer;
        if (writing != null) {
            writing.close();
        }
        FSDirectory files = store;
        if (files != null) {
            files.close();
        }
        reader = null;
        searcher = null;
        writer = null;
        store = null;
    }
}

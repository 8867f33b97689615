package io.forebay.bench.peers;

import com.github.jelmerk.hnswlib.core.DistanceFunction;
import com.github.jelmerk.hnswlib.core.DistanceFunctions;
import com.github.jelmerk.hnswlib.core.Item;
import com.github.jelmerk.hnswlib.core.hnsw.HnswIndex;
import io.forebay.model.MetadataValue;
import io.forebay.model.RecordBatch;
import io.forebay.model.Space;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * hnswlib-core as it is shipped: its own scalar distances, room for all from the start, records on the heap, no file, so
 * nothing of it outlives its process. Cosine is the inner product of vectors of unit length, which spares it the norms.
 */
final class HnswlibPeer implements Peer {
    static final String VERSION = "1.2.1";
    private static final int M = 16;
    private static final int EF_CONSTRUCTION = 100;

    private final Space space;
    private final int dimension;
    private final int records;
    private @Nullable HnswIndex<String, float[], Entry, Float> graph;

    private record Entry(String id, float[] vector, @Nullable String document,
            @Nullable Map<String, MetadataValue> metadata) implements Item<String, float[]> {
        private static final long serialVersionUID = 1;

        @Override
        public int dimensions() {
            return vector.length;
        }
    }

    HnswlibPeer(PeerSetup setup) {
        space = setup.space();
        dimension = setup.dimension();
        records = setup.records();
    }

    private HnswIndex<String, float[], Entry, Float> graph() {
        return Objects.requireNonNull(graph);
    }

    @Override
    public String about() {
        return "hnswlib-core " + VERSION + ", M " + M + ", efConstruction " + EF_CONSTRUCTION
                + ", its own scalar distances, on the heap, nothing durable; complete: the last add has returned";
    }

    @Override
    public void use(String collection) {
        DistanceFunction<float[], Float> distance = space == Space.L2
                ? DistanceFunctions.FLOAT_EUCLIDEAN_DISTANCE
                : DistanceFunctions.FLOAT_INNER_PRODUCT;
        graph = HnswIndex.newBuilder(dimension, distance, records).withM(M)
                .withEfConstruction(EF_CONSTRUCTION).build();
    }

    @Override
    public void write(RecordBatch batch) {
        for (int i = 0; i < batch.size(); i++) {
            float[] vector = new float[dimension];
            batch.copyEmbedding(i, vector);
            Vectors.prepare(vector, space);
            graph().add(new Entry(batch.id(i), vector, batch.document(i), batch.metadata(i)));
        }
    }

    @Override
    public void complete() {}

    @Override
    public long count() {
        return graph().size();
    }

    @Override
    public void searchWidth(int width) {
        graph().setEf(width);
    }

    @Override
    public List<String> nearest(float[] embedding, int count) {
        float[] query = embedding.clone();
        Vectors.prepare(query, space);
        return graph().findNearest(query, count).stream().map(result -> result.item().id()).toList();
    }

    @Override
    public void drop() {
        graph = null;
    }

    @Override
    public ProcessHandle process() {
        return ProcessHandle.current();
    }

    @Override
    public @Nullable Path files() {
        return null;
    }

    @Override
    public void collectGarbage() {
        OwnMemory.collectGarbage();
    }

    @Override
    public void close() {}
}

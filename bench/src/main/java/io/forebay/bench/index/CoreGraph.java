package io.forebay.bench.index;

import com.github.jelmerk.hnswlib.core.DistanceFunction;
import com.github.jelmerk.hnswlib.core.DistanceFunctions;
import com.github.jelmerk.hnswlib.core.Item;
import com.github.jelmerk.hnswlib.core.SearchResult;
import com.github.jelmerk.hnswlib.core.hnsw.HnswIndex;
import io.forebay.model.Space;
import java.util.List;

/**
 * The peer hnswlib-core as it is shipped, without anything of ours around it: its own scalar distances, room
 * for all rows from the start, rows on the heap. Cosine is the inner product of rows of unit length, which
 * spares it the norms.
 */
final class CoreGraph implements Graph {
    private final VectorSet set;
    private final HnswIndex<Integer, float[], Entry, Float> graph;

    CoreGraph(VectorSet set) {
        this.set = set;
        this.graph = HnswIndex.newBuilder(set.dimension(), distance(set.space()), set.size())
                .withM(IndexSettings.M).withEfConstruction(IndexSettings.EF_CONSTRUCTION).build();
    }

    private static DistanceFunction<float[], Float> distance(Space space) {
        return space == Space.L2
                ? DistanceFunctions.FLOAT_EUCLIDEAN_DISTANCE
                : DistanceFunctions.FLOAT_INNER_PRODUCT;
    }

    @Override
    public Times build() throws Exception {
        float[][] rows = set.rows();
        return Times.of(() -> {
            for (int i = 0; i < rows.length; i++) {
                graph.add(new Entry(i, rows[i]));
            }
        });
    }

    @Override
    public Answers search(int ef, double secondsMin) throws Exception {
        graph.setEf(ef);
        float[][] queries = set.queries();
        return Answers.ask(queries.length, secondsMin,
                query -> ordinals(graph.findNearest(queries[query], VectorSet.K)));
    }

    private static int[] ordinals(List<SearchResult<Entry, Float>> results) {
        int[] ordinals = new int[results.size()];
        for (int i = 0; i < ordinals.length; i++) {
            ordinals[i] = results.get(i).item().id();
        }
        return ordinals;
    }

    @Override
    public void close() {
        // Nothing but heap.
    }

    private record Entry(Integer id, float[] vector) implements Item<Integer, float[]> {
        @Override
        public int dimensions() {
            return vector.length;
        }
    }
}

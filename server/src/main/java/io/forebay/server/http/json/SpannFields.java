package io.forebay.server.http.json;

import java.io.IOException;
import java.util.Set;

/**
 * {@code configuration.spann} asks for an index that only the distributed Chroma has: as on Chroma's single node its
 * fields are checked and have no effect.
 */
final class SpannFields {
    private static final Set<String> CHANGEABLE = Set.of("search_nprobe", "ef_search");
    private static final Set<String> KNOWN = Set.of("search_nprobe", "search_rng_factor",
            "search_rng_epsilon", "nreplica_count", "write_nprobe", "write_rng_factor", "write_rng_epsilon",
            "split_threshold", "num_samples_kmeans", "initial_lambda", "reassign_neighbor_count",
            "merge_threshold", "num_centers_to_merge_to", "ef_construction", "ef_search", "max_neighbors",
            "space", "quantize");

    private SpannFields() {}

    static boolean check(JsonIn in, boolean creating) throws IOException {
        in.object("struct SpannConfiguration", name -> {
            if (!(creating ? KNOWN : CHANGEABLE).contains(name)) {
                throw in.shape("unknown field `" + name + "`");
            }
            if (name.equals("space") && !in.isNull()) {
                HnswFields.space(in);
            } else if (in.token().isStructStart()) {
                throw in.wrongType("a number");
            }
            return true;
        });
        return true;
    }
}

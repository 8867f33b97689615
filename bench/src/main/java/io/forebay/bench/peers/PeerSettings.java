package io.forebay.bench.peers;

import io.forebay.bench.load.Payload;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for.
 *
 * @param peers       who takes part, in this order
 * @param warmUp      records loaded and dropped before the measurement; 0 for none
 * @param recall      to which the width of each search is tuned
 * @param seconds     of one rate of queries
 * @param durability  of Forebay's server
 * @param chroma      {@code npm} or a command; null for none
 * @param chromaUrl   of a Chroma server that runs already; null to start one
 * @param postgres    folder of PostgreSQL's programs; null for the newest that is found
 * @param forebayHeap of Forebay's server, such as {@code 512m}; null for what it takes by itself
 */
public record PeerSettings(List<PeerKind> peers, int rounds, int clients, int batchRecords, Payload payload,
        long warmUp, int queries, int results, double recall, double seconds, String durability,
        @Nullable String chroma, @Nullable String chromaUrl, @Nullable String postgres,
        @Nullable String forebayHeap) {

    public PeerSettings {
        peers = List.copyOf(peers);
    }
}

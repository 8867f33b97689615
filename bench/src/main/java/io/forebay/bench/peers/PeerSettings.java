package io.forebay.bench.peers;

import io.forebay.bench.load.Payload;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for. It is sent to the processes of the libraries, as Java serializes it.
 *
 * @param peers       who takes part, in this order
 * @param dataset     its folder; null for the one that is found
 * @param records     first records of the dataset, at most
 * @param warmUp      records loaded and dropped before the measurement; 0 for none
 * @param recall      to which the width of each search is tuned
 * @param seconds     of one rate of queries
 * @param chroma      {@code npm} or a command; null for none
 * @param chromaUrl   of a Chroma server that runs already; null to start one
 * @param postgres    folder of PostgreSQL's programs; null for the newest that is found
 * @param forebayHeap of Forebay's server, such as {@code 512m}; null for what it takes by itself
 */
public record PeerSettings(List<PeerKind> peers, int rounds, @Nullable String dataset, long records,
        int clients, int batchRecords, Payload payload, long warmUp, int queries, int results, double recall,
        double seconds, String durability, @Nullable String chroma, @Nullable String chromaUrl,
        @Nullable String postgres, @Nullable String forebayHeap) implements Serializable {

    public PeerSettings {
        // Of a kind that Java can serialize.
        peers = new java.util.ArrayList<>(peers);
    }
}

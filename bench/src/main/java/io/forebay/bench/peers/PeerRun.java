package io.forebay.bench.peers;

import io.forebay.bench.load.QueryLoad.Rate;
import io.forebay.bench.report.Latencies;
import io.forebay.bench.report.Table;
import java.io.Serializable;
import java.util.Locale;

/**
 * One peer, loaded and asked once. Numbers are NaN where they cannot be known.
 *
 * @param acked             records/s from the first call to the last ack
 * @param searchableSeconds from the first call until all is searchable and in the index
 * @param searchWidth       the least one that reached the recall; the widest one if none did
 * @param one               one client at that recall
 * @param many              all clients at that recall
 * @param memory            after the load: of a server as it is, of a library what its process grew by, garbage collected
 * @param diskBytes         after the load
 * @param loadOthers        share of all cores that neither clients nor peer used while it was loaded
 */
record PeerRun(String peer, int round, String about, long records, double acked, double ackP50Millis,
        double ackP99Millis, double searchableSeconds, int searchWidth, double recall, Queries one,
        Queries many, Memory memory, double diskBytes, double loadOthers)
        implements
            Serializable {

    /** How fast so many clients were answered. */
    record Queries(int clients, double perSecond, double p50Millis,
            double p99Millis) implements Serializable {
        static Queries of(Rate rate) {
            Latencies latency = rate.latency();
            return new Queries(rate.clients(), rate.queriesPerSecond(), latency.p50Millis(),
                    latency.p99Millis());
        }
    }

    /** One line of progress. */
    String line() {
        return String.format(Locale.ROOT,
                "round %d  %-20s acked %s/s  searchable %s s  width %d recall %.4f  1 client %s/s p50 %s ms"
                        + "  %d clients %s/s p50 %s ms  memory %s MB (private %s)  disk %s MB  others %s",
                round, peer, Table.number(acked), Table.number(searchableSeconds), searchWidth, recall,
                Table.number(one.perSecond()), Table.number(one.p50Millis()), many.clients(),
                Table.number(many.perSecond()), Table.number(many.p50Millis()),
                Table.number(memory.residentBytes() / 1e6), Table.number(memory.privateBytes() / 1e6),
                Table.number(diskBytes / 1e6), Table.number(loadOthers));
    }
}

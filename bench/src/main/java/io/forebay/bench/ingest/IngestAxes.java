package io.forebay.bench.ingest;

import io.forebay.bench.ingest.IngestCase.Mode;
import io.forebay.bench.load.Transport;
import io.forebay.model.Durability;
import java.util.ArrayList;
import java.util.List;

/** The values of each axis. Figures are named by the axes that have more than one, so that names stay short. */
public record IngestAxes(List<Transport> transports, List<Integer> clients, List<Integer> batchRecords,
        List<Integer> dimensions, List<Durability> durabilities, List<Mode> modes,
        List<Integer> collections) {

    /** Every combination; what is to be compared, the transports, nearest to each other in time. */
    public List<IngestCase> cases() {
        List<IngestCase> all = new ArrayList<>();
        for (int count : collections) {
            for (Mode mode : modes) {
                for (Durability durability : durabilities) {
                    for (int dimension : dimensions) {
                        for (int batch : batchRecords) {
                            for (int clientCount : clients) {
                                for (Transport transport : transports) {
                                    all.add(new IngestCase(transport, clientCount, batch, dimension,
                                            durability, mode, count));
                                }
                            }
                        }
                    }
                }
            }
        }
        return all;
    }

    /** Transport first, then what varies. */
    String name(IngestCase one) {
        String rest = nameWithoutTransport(one);
        return rest.isEmpty() ? one.transport().toString() : one.transport() + "_" + rest;
    }

    /** Empty when nothing else varies. */
    String nameWithoutTransport(IngestCase one) {
        List<String> parts = new ArrayList<>();
        add(parts, clients, one.clients() + "_clients");
        add(parts, batchRecords, "batch_" + one.batchRecords());
        add(parts, dimensions, one.dimension() + "d");
        add(parts, durabilities, one.durability().wireName());
        add(parts, modes, one.mode().toString());
        add(parts, collections, one.collections() + "_collections");
        return String.join("_", parts);
    }

    private static void add(List<String> parts, List<?> axis, String part) {
        if (axis.size() > 1) {
            parts.add(part);
        }
    }
}

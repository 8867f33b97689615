package io.forebay.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What a server's {@code /metrics} says at one moment, all series of a family added up. */
public final class ServerCounters {
    private final Map<String, Double> sums;

    private ServerCounters(Map<String, Double> sums) {
        this.sums = sums;
    }

    public static ServerCounters of(URI server) throws IOException {
        try (InputStream in = server.resolve("/metrics").toURL().openStream()) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** @param text in Prometheus' format */
    static ServerCounters parse(String text) {
        Map<String, Double> sums = new HashMap<>();
        text.lines().filter(line -> !line.startsWith("#") && !line.isBlank()).forEach(line -> {
            int labels = line.indexOf('{');
            int value = line.lastIndexOf(' ') + 1;
            String name = line.substring(0, labels < 0 ? value - 1 : labels);
            sums.merge(name, Double.parseDouble(line.substring(value)), Double::sum);
        });
        return new ServerCounters(sums);
    }

    /** A family that is not there is an error: a figure made of it would look like a measurement. */
    public double sum(String family) {
        Double sum = sums.get(family);
        if (sum == null) {
            throw new IllegalArgumentException("the server's metrics have no " + family);
        }
        return sum;
    }

    /** How much the family grew since then. */
    public double since(ServerCounters earlier, String family) {
        return sum(family) - earlier.sum(family);
    }
}

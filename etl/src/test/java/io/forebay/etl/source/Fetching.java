package io.forebay.etl.source;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the tests of this package share. */
final class Fetching {
    static final Fetch.Progress SILENT = (bytes, total) -> {};

    /** Notes pauses and does not wait. */
    static final class Pauses implements Retries.Pause {
        final List<Long> millis = new CopyOnWriteArrayList<>();

        @Override
        public void millis(long pause) {
            millis.add(pause);
        }
    }

    private Fetching() {}

    static long seed() {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.err.println("seed=" + seed + " (repeat with -Dforebay.seed=" + seed + ")");
        return seed;
    }

    static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Every name but {@code localhost} that ends with {@code .test} is this machine too. */
    static InetAddress[] lookup(String host) throws UnknownHostException {
        return host.endsWith(".test")
                ? new InetAddress[]{InetAddress.getByAddress(host, new byte[]{127, 0, 0, 1})}
                : InetAddress.getAllByName(host);
    }

    static SourceOptions options(List<String> hosts) {
        return new SourceOptions(hosts, true, null, Map.of(), 1L << 30);
    }

    static Sources sources(SourceOptions options, Retries.Pause pause) {
        return new Sources(options, Map.of("TOKEN", "secret-7"), Fetching::lookup, pause);
    }
}

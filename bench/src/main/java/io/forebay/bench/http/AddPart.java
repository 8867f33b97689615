package io.forebay.bench.http;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchThreads;
import io.forebay.bench.load.Payload;
import io.forebay.bench.report.CpuMeter;
import io.forebay.bench.report.Latencies;
import io.forebay.model.RecordBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.HdrHistogram.Histogram;

/**
 * Which size of a batch is best for a client that may choose: acked records per second, CPU and memory of the server by the
 * size, with one connection and with several. Each measurement has a server and a store of its own, loaded a little before
 * the clock starts. Bodies (base64, documents, metadata) are made before; the server accepts what fits its body limit.
 */
final class AddPart {
    private static final long BODY_BYTES_MAX = 40L << 20;
    private static final int WARM_UP_RECORDS = 8000;
    private static final int CLIENTS = 8;

    private final HttpBench bench;
    private final List<AddRun> runs = new ArrayList<>();

    AddPart(HttpBench bench) {
        this.bench = bench;
    }

    void measure() throws Exception {
        List<Integer> left = new ArrayList<>();
        for (int round = 1; round <= bench.settings().rounds(); round++) {
            for (int size : bench.settings().batches()) {
                boolean fits = load(round, size, 1);
                if (fits) {
                    load(round, size, CLIENTS);
                } else if (round == 1) {
                    left.add(size);
                }
            }
        }
        if (!left.isEmpty()) {
            bench.note("batches of " + left + " do not fit into a body of 40 MiB and are left out");
        }
        for (int size : bench.settings().batches()) {
            figures(size, 1);
            figures(size, CLIENTS);
        }
    }

    /** False when a batch is longer than a body may be. */
    private boolean load(int round, int size, int clients) throws Exception {
        try (ForebayServer server = new ForebayServer(bench.workspace().newDirectory("add"))) {
            try (WireClient client = new WireClient(server.port())) {
                int warm = Math.min(size, WARM_UP_RECORDS / 4);
                WireCollection before = WireCollection.create(client, "warmup",
                        bench.data().dataset().space(), 100);
                for (byte[] request : requests(before, warm, WARM_UP_RECORDS)) {
                    client.exchange(request);
                }
                server.awaitIndex(before);
                before.drop(client);
                WireCollection collection = WireCollection.create(client, "bench",
                        bench.data().dataset().space(), 100);
                Queue<byte[]> requests = requests(collection, size, bench.settings().addRecords());
                if (requests.stream().anyMatch(request -> request.length > BODY_BYTES_MAX)) {
                    return false;
                }
                run(round, size, clients, server, requests);
            }
        }
        return true;
    }

    private Queue<byte[]> requests(WireCollection collection, int size, int records) throws IOException {
        BatchSource source = new BatchSource(bench.data(), Payload.RECORDS, size, records);
        Queue<byte[]> requests = new ConcurrentLinkedQueue<>();
        for (RecordBatch batch = source.next(); batch != null; batch = source.next()) {
            requests.add(collection.add(batch));
        }
        return requests;
    }

    private void run(int round, int size, int clients, ForebayServer server, Queue<byte[]> requests)
            throws Exception {
        CpuMeter cpu = CpuMeter.start(server.process());
        long start = System.nanoTime();
        List<Histogram> each = BenchThreads.onEach(clients, () -> send(server.port(), requests));
        double seconds = (System.nanoTime() - start) / 1e9;
        Histogram all = Latencies.histogram();
        each.forEach(all::add);
        int records = bench.settings().addRecords();
        AddRun run = new AddRun(round, size, clients, records, records / seconds, Latencies.of(all),
                server.residentBytesPeak(), cpu.stop());
        runs.add(run);
        bench.add(round, run,
                "add of %,6d  %d connections  %,.0f records/s  p99 %.1f ms  server %.1f us/record  %.0f MB  others %.0f %%",
                size, clients, run.recordsPerSecond(), run.latency().p99Millis(), run.serverMicrosPerRecord(),
                run.residentMegabytes(), 100 * run.cpu().othersShare());
    }

    private static Histogram send(int port, Queue<byte[]> requests) throws IOException {
        Histogram nanos = Latencies.histogram();
        try (WireClient client = new WireClient(port)) {
            for (byte[] request = requests.poll(); request != null; request = requests.poll()) {
                long sent = System.nanoTime();
                client.exchange(request);
                Latencies.record(nanos, System.nanoTime() - sent);
            }
        }
        return nanos;
    }

    private void figures(int size, int clients) {
        List<AddRun> mine = runs.stream()
                .filter(run -> run.batchRecords() == size && run.clients() == clients).toList();
        if (mine.isEmpty()) {
            return;
        }
        String name = size + "_by_" + clients;
        bench.figure("acked_" + name, "batches of " + size + " on " + clients + " connections", "records/s",
                mine,
                AddRun::recordsPerSecond);
        bench.figure("ack_p99_" + name, "of one batch", "ms", mine, run -> run.latency().p99Millis());
        bench.figure("add_cpu_" + name, "CPU of the server", "us/record", mine,
                AddRun::serverMicrosPerRecord);
        bench.figure("add_memory_" + name, "most resident memory of the server", "MB", mine,
                AddRun::residentMegabytes);
    }
}

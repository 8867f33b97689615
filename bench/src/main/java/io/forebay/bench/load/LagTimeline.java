package io.forebay.bench.load;

import io.forebay.client.CollectionLag;
import io.forebay.client.ForebayClient;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How a load went over time: what was acked, and how far applying and linking were behind, five times a second.
 *
 * <p>Threads: {@code beside} asks the server, over a connection of its own; any number may count with {@link #acked}.
 */
public final class LagTimeline {
    private static final long PERIOD_MILLIS = 200;

    private final ServerProcess server;
    private final long start = System.nanoTime();
    private final AtomicLong acked = new AtomicLong();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Future<List<Sample>> sampling;

    /**
     * One look.
     *
     * @param ackedRecords     since the beginning, as the clients count
     * @param ingestLagRecords acked and not applied, as the server says
     * @param indexLagRecords  acked and not linked
     */
    public record Sample(double seconds, long ackedRecords, long ingestLagRecords, long indexLagRecords,
            double indexLagSeconds, long residentBytes) {}

    private LagTimeline(ServerProcess server) {
        this.server = server;
        sampling = BenchThreads.beside(this::sample);
    }

    public static LagTimeline start(ServerProcess server) {
        return new LagTimeline(server);
    }

    /** So many more. */
    public void acked(int records) {
        acked.addAndGet(records);
    }

    /** Ends it. */
    public List<Sample> stop() throws Exception {
        over.countDown();
        try {
            return sampling.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    private List<Sample> sample() throws InterruptedException, IOException {
        List<Sample> samples = new ArrayList<>();
        try (ForebayClient client = ForebayClient.connect(server.address().toString())) {
            boolean ended;
            do {
                ended = over.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS);
                samples.add(look(client));
            } while (!ended);
        } catch (ForebayException gone) {
            throw new IOException("the server's lag cannot be asked for: " + gone.getMessage(), gone);
        }
        return samples;
    }

    private Sample look(ForebayClient client) throws IOException {
        long ingest = 0;
        long index = 0;
        double seconds = 0;
        long before = acked.get();
        for (CollectionLag lag : client.lag()) {
            ingest += lag.ingestLag().records();
            index += lag.indexLag().records();
            seconds = Math.max(seconds, lag.indexLag().seconds());
        }
        return new Sample((System.nanoTime() - start) / 1e9, before, ingest, index, seconds,
                ProcessState.of(server.handle()).residentBytes());
    }
}

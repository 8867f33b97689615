package io.forebay.client.load;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/**
 * A server of known speed in simulated time: some workers take batches from one queue, each batch costs a fixed time and
 * a time per record, more per record beyond some size, and everything costs more with too many batches at once.
 */
final class SimulatedServer {
    /** What the server is like at the moment. */
    record Nature(int workers, double batchMillis, double recordMicros, int batchRecordsMax, int inFlightMax,
            double travelMillis, double noise) {}

    private record Flight(long sentAt, long endsAt, int records, int sizeGeneration, int generation) {}

    private final SplittableRandom random;
    private final PriorityQueue<Flight> flights = new PriorityQueue<>(
            (a, b) -> Long.compare(a.endsAt(), b.endsAt()));
    private Nature nature;
    private long[] workerFreeAt;
    private long now;

    SimulatedServer(Nature nature, long seed) {
        this.nature = nature;
        this.random = new SplittableRandom(seed);
        this.workerFreeAt = new long[nature.workers()];
    }

    void become(Nature other) {
        nature = other;
        workerFreeAt = new long[other.workers()];
        java.util.Arrays.fill(workerFreeAt, now);
    }

    long now() {
        return now;
    }

    int inFlight() {
        return flights.size();
    }

    /** Lets the controller have its way for so long; answers records a second. */
    double run(LoadController controller, double seconds) {
        return run(controller, seconds, Integer.MAX_VALUE, wanted -> wanted);
    }

    /** @param limit batches in flight beyond which the server says 429 */
    double run(LoadController controller, double seconds, int limit, IntUnaryOperator sourceAllows) {
        long end = now + (long) (seconds * 1e9);
        long records = 0;
        while (now < end) {
            int allowed = sourceAllows.applyAsInt(controller.concurrency());
            while (flights.size() < Math.min(controller.concurrency(), allowed)) {
                if (flights.size() >= limit) {
                    controller.backoff(now);
                    break;
                }
                send(controller.batchRecords(), controller.sizeGeneration(), controller.generation());
            }
            Flight first = flights.remove();
            now = first.endsAt();
            records += first.records();
            boolean starved = flights.size() + 1 < controller.concurrency();
            controller.acked(now, first.records(), now - first.sentAt(), first.sizeGeneration(),
                    first.generation(), starved);
        }
        return records / seconds;
    }

    /** The best rate of all settings in reach, each tried by itself without noise. */
    static double best(Nature nature, int flightMax) {
        Nature quiet = new Nature(nature.workers(), nature.batchMillis(), nature.recordMicros(),
                nature.batchRecordsMax(), nature.inFlightMax(), nature.travelMillis(), 0);
        double best = 0;
        for (int size = 50; size <= 25_600; size *= 2) {
            for (int flight : new int[]{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64}) {
                if (flight <= flightMax) {
                    SimulatedServer server = new SimulatedServer(quiet, 1);
                    best = Math.max(best, server.run(new LoadController(size, flight, flightMax), 20));
                }
            }
        }
        return best;
    }

    private void send(int records, int sizeGeneration, int generation) {
        int worker = 0;
        for (int i = 1; i < workerFreeAt.length; i++) {
            worker = workerFreeAt[i] < workerFreeAt[worker] ? i : worker;
        }
        double large = Math.max(1, (double) records / nature.batchRecordsMax());
        double crowded = Math.max(1, (flights.size() + 1.0) / nature.inFlightMax());
        double micros = (nature.batchMillis() * 1e3 + records * nature.recordMicros() * large) * crowded;
        double shaken = micros * (1 + nature.noise() * (2 * random.nextDouble() - 1));
        long travel = (long) (nature.travelMillis() * 1e6 / 2);
        long begins = Math.max(now + travel, workerFreeAt[worker]);
        workerFreeAt[worker] = begins + (long) (shaken * 1e3);
        flights.add(new Flight(now, workerFreeAt[worker] + travel, records, sizeGeneration, generation));
    }
}

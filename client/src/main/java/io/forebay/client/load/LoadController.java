package io.forebay.client.load;

/**
 * Finds by itself how many records a batch should have and how many batches should be in flight.
 *
 * <p>It climbs: settings are kept for an <em>epoch</em>, some acknowledged batches long, whose records a second are the
 * measure. Then one neighbour is tried (larger or smaller batches, more or fewer in flight) for an epoch. More must
 * be clearly faster to be kept; less (memory, latency) is kept when it is about as fast as the best that was seen. When
 * no neighbour is better it rests, and looks again after a while, or soon when the rate has changed much. A server that
 * says 429 halves the batches in flight, and nothing is added for a while; so do answers that take too long.
 *
 * <p>What does not count: batches that were sized or sent under earlier settings, and epochs in which the source could
 * not keep the batches in flight, because then more of either changes nothing.
 *
 * <p>Time comes in with each call, so tests need no clock. Threads: guarded by the lock of {@link Flow}.
 */
final class LoadController {
    private static final int[] SIZES = {50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600};
    private static final int[] FLIGHTS = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};
    private static final int FIRST_SIZE = 4;
    private static final int FIRST_FLIGHT = 3;
    private static final int EPOCH_BATCHES_MIN = 8;
    private static final long EPOCH_NANOS_MIN = 400_000_000L;
    private static final int SLOW_EPOCH_BATCHES_MIN = 3;
    private static final long SLOW_EPOCH_NANOS = 3_000_000_000L;
    private static final long LATENCY_NANOS_MAX = 5_000_000_000L;
    private static final long REST_NANOS_MIN = 5_000_000_000L;
    private static final long REST_NANOS_MAX = 60_000_000_000L;
    private static final long AFTER_BACKOFF_NANOS = 10_000_000_000L;
    private static final long AFTER_SLOW_NANOS = 20_000_000_000L;
    private static final long BACKOFFS_APART_NANOS = 1_000_000_000L;
    private static final double MORE_GAIN = 1.05;
    private static final double LESS_LOSS = 0.97;
    private static final double REGIME_CHANGE = 0.3;

    private enum Move {
        LARGER(1, 0), MORE(0, 1), SMALLER(-1, 0), FEWER(0, -1);

        final int size;
        final int flight;

        Move(int size, int flight) {
            this.size = size;
            this.flight = flight;
        }
    }

    private enum Mode {
        BASE, PROBE, REST
    }

    private final int fixedSize;
    private final int fixedFlight;
    private final int flightMax;
    private int size = FIRST_SIZE;
    private int flight = FIRST_FLIGHT;
    private int sizeGeneration;
    private int generation;
    private Mode mode = Mode.BASE;
    private Move move = Move.LARGER;
    private int fruitless;
    private double base;
    private double best;
    private int strangeEpochs;
    private long restNanos = REST_NANOS_MIN;
    private long restUntil;
    private long lastBackoff;
    private boolean backedOff;
    private long lastSlow;
    private boolean slow;
    private final Epoch epoch = new Epoch();

    /** @param fixedSize 0 to find it; fixedFlight likewise */
    LoadController(int fixedSize, int fixedFlight, int flightMax) {
        this.fixedSize = fixedSize;
        this.fixedFlight = fixedFlight;
        this.flightMax = flightMax;
        while (FLIGHTS[flight] > flightMax) {
            flight--;
        }
    }

    int batchRecords() {
        return fixedSize > 0 ? fixedSize : SIZES[size];
    }

    int concurrency() {
        return fixedFlight > 0 ? fixedFlight : FLIGHTS[flight];
    }

    /** Changes with the size. */
    int sizeGeneration() {
        return sizeGeneration;
    }

    /** Changes with the size and with the number in flight. */
    int generation() {
        return generation;
    }

    boolean isAtRest() {
        return mode == Mode.REST;
    }

    /**
     * @param latencyNanos from when it might be sent to its ack
     * @param starved      whether fewer batches were waiting and in flight than might be
     */
    void acked(long now, int records, long latencyNanos, int batchSizeGeneration, int batchGeneration,
            boolean starved) {
        if (batchSizeGeneration != sizeGeneration || batchGeneration != generation) {
            return;
        }
        if (latencyNanos > LATENCY_NANOS_MAX && shrink(now)) {
            return;
        }
        epoch.add(now, records, latencyNanos, starved);
        if (epoch.isOver(now, concurrency())) {
            double rate = epoch.rate(concurrency());
            boolean starving = epoch.isStarved();
            epoch.clear();
            if (!starving) {
                judge(now, rate);
            } else if (mode == Mode.PROBE) {
                undo();
            }
        }
    }

    /** The server is at a limit. */
    void backoff(long now) {
        if (backedOff && now - lastBackoff < BACKOFFS_APART_NANOS) {
            return; // of the same moment
        }
        backedOff = true;
        lastBackoff = now;
        become(size, halfFlight());
        startOver();
    }

    /** Less of both, at once: an answer took too long. False when there is nothing to be less. */
    private boolean shrink(long now) {
        int toSize = fixedSize > 0 ? size : Math.max(0, size - 1);
        int toFlight = fixedFlight > 0 ? flight : halfFlight();
        if (toSize == size && toFlight == flight) {
            return false;
        }
        become(toSize, toFlight);
        startOver();
        move = Move.SMALLER;
        slow = true;
        lastSlow = now;
        return true;
    }

    private int halfFlight() {
        int wanted = Math.max(1, FLIGHTS[flight] / 2);
        int to = flight;
        while (to > 0 && FLIGHTS[to] > wanted) {
            to--;
        }
        return to;
    }

    private void startOver() {
        mode = Mode.BASE;
        best = 0;
        fruitless = 0;
        restNanos = REST_NANOS_MIN;
    }

    private void judge(long now, double rate) {
        switch (mode) {
            case BASE -> {
                base = rate;
                best = Math.max(best, rate);
                probe(now);
            }
            case PROBE -> judgeProbe(now, rate);
            case REST -> judgeRest(now, rate);
        }
    }

    private void judgeProbe(long now, double rate) {
        boolean more = move.size + move.flight > 0;
        boolean better = more ? rate > base * MORE_GAIN : rate > Math.max(base, best) * LESS_LOSS;
        if (!better) {
            undo();
            return;
        }
        base = rate;
        best = Math.max(best, rate);
        fruitless = 0;
        if (!canMove(now)) {
            next();
        }
        probe(now);
    }

    private void judgeRest(long now, double rate) {
        strangeEpochs = Math.abs(rate - base) > REGIME_CHANGE * base ? strangeEpochs + 1 : 0;
        if (strangeEpochs >= 3) {
            strangeEpochs = 0;
            startOver();
        } else if (now - restUntil >= 0) {
            restNanos = Math.min(REST_NANOS_MAX, restNanos * 2);
            mode = Mode.BASE;
            best = 0;
            fruitless = 0;
        }
    }

    private void undo() {
        become(size - move.size, flight - move.flight);
        fruitless++;
        next();
        mode = Mode.BASE;
    }

    private void next() {
        move = Move.values()[(move.ordinal() + 1) % Move.values().length];
    }

    /** Tries the next neighbour there is; rests when all were tried in vain. */
    private void probe(long now) {
        while (fruitless < Move.values().length && !canMove(now)) {
            fruitless++;
            next();
        }
        if (fruitless >= Move.values().length) {
            mode = Mode.REST;
            restUntil = now + restNanos;
            strangeEpochs = 0;
            fruitless = 0;
            return;
        }
        mode = Mode.PROBE;
        become(size + move.size, flight + move.flight);
    }

    private boolean canMove(long now) {
        boolean more = move.size + move.flight > 0;
        if (more && slow && now - lastSlow < AFTER_SLOW_NANOS) {
            return false;
        }
        if (move.size != 0) {
            return fixedSize == 0 && size + move.size >= 0 && size + move.size < SIZES.length;
        }
        boolean inBounds = flight + move.flight >= 0 && flight + move.flight < FLIGHTS.length
                && FLIGHTS[flight + move.flight] <= flightMax;
        boolean tooSoon = move.flight > 0 && backedOff && now - lastBackoff < AFTER_BACKOFF_NANOS;
        return fixedFlight == 0 && inBounds && !tooSoon;
    }

    private void become(int newSize, int newFlight) {
        if (newSize != size) {
            sizeGeneration++;
        }
        size = newSize;
        flight = newFlight;
        generation++;
        epoch.clear();
    }

    /**
     * From one ack to another. Its rate is what so many in flight give when each takes as long as they did: acks come in
     * bunches, so the time between two of them says little.
     */
    private static final class Epoch {
        private long start;
        private int batches;
        private long records;
        private long latencies;
        private int starved;
        private boolean begun;

        void add(long now, int acked, long latency, boolean isStarved) {
            if (!begun) {
                begun = true; // its records were sent before the epoch
                start = now;
                return;
            }
            batches++;
            records += acked;
            latencies += latency;
            starved += isStarved ? 1 : 0;
        }

        boolean isOver(long now, int flight) {
            long elapsed = now - start;
            return batches >= Math.max(EPOCH_BATCHES_MIN, 2 * flight) && elapsed >= EPOCH_NANOS_MIN
                    || batches >= SLOW_EPOCH_BATCHES_MIN && elapsed >= SLOW_EPOCH_NANOS;
        }

        double rate(int flight) {
            return records * 1e9 * flight / Math.max(1, latencies);
        }

        boolean isStarved() {
            return 2 * starved > batches;
        }

        void clear() {
            begun = false;
            batches = 0;
            records = 0;
            latencies = 0;
            starved = 0;
        }
    }
}

package io.forebay.server.soak;

import io.forebay.engine.history.History;
import io.forebay.engine.history.HistoryChecker;
import io.forebay.engine.history.RandomClient;
import io.forebay.engine.history.Violation;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Rounds of some seconds, between which everybody rests and everything is checked. In the first two fifths of the
 * time the server is killed once in a round, at a random moment; the rest is one life, whose memory is watched.
 */
final class SoakRun {
    private static final int COLLECTIONS = 3;
    private static final int CLIENTS = 4;
    private static final List<String> SETTINGS = List.of("\"batch_ingest\":false,\"durability\":\"sync\"",
            "\"batch_ingest\":true,\"durability\":\"os\"", "\"batch_ingest\":true,\"durability\":\"sync\"",
            "\"batch_ingest\":false,\"durability\":\"os\"");

    private final SoakServer server;
    private final long seed;
    private final long seconds;
    private final Random random;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicLong stamps = new AtomicLong();
    private final AtomicLong retries = new AtomicLong();
    private final List<HistoryChecker> checkers = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();
    private final MemoryWatch memory = new MemoryWatch();
    private final Bulk bulk;
    private final Churn churn;
    private int rounds;
    private int kills;
    private long switches;
    private long restartMillisMax;

    SoakRun(Path directory, long seed, long seconds) {
        this.server = new SoakServer(directory);
        this.seed = seed;
        this.seconds = seconds;
        this.random = new Random(seed);
        this.bulk = new Bulk(server, seed);
        this.churn = new Churn(server, "churn", seed);
        for (int i = 0; i < COLLECTIONS; i++) {
            checkers.add(new HistoryChecker());
        }
    }

    MemoryWatch memory() {
        return memory;
    }

    String told() {
        long reads = checkers.stream().mapToLong(HistoryChecker::checkedReads).sum() + churn.checkedReads();
        long writes = checkers.stream().mapToLong(HistoryChecker::checkedWrites).sum();
        return "soak: seed " + seed + ", " + seconds + " s, rounds " + rounds + ", kills " + kills
                + ", lives "
                + server.lives() + ", slowest restart " + restartMillisMax + " ms, checked reads " + reads
                + ", checked writes " + writes + ", retries " + retries.get() + ", bulk records "
                + bulk.records()
                + ", collections made and dropped " + churn.lives() + ", settings switched " + switches
                + ", violations " + violations.size() + (memory.samples() < 9 ? "" : "; " + memory.told());
    }

    void run() throws Exception {
        long begin = System.nanoTime();
        long roundSeconds = Math.clamp(seconds / 4, 2, 15);
        try (server) {
            server.start();
            long last = begin;
            while (elapsed(begin) < seconds) {
                boolean kill = rounds == 0 || elapsed(begin) < seconds * 2 / 5;
                round(roundSeconds, kill);
                if (!violations.isEmpty()) {
                    throw new AssertionError(told() + "\n" + violations + "\n" + server.logTail());
                }
                if (System.nanoTime() - last > TimeUnit.MINUTES.toNanos(1)) {
                    last = System.nanoTime();
                    System.err.println(elapsed(begin) + " s, " + told());
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static long elapsed(long begin) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
    }

    private void round(long roundSeconds, boolean kill) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(roundSeconds).toNanos();
        List<History> histories = new ArrayList<>();
        checkers.forEach(checker -> histories.add(new History()));
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            long clientSeed = random.nextLong();
            running.add(threads.submit(() -> client(number, histories, clientSeed, end)));
        }
        running.add(threads.submit(() -> repeat(bulk::step, end)));
        running.add(threads.submit(() -> repeat(churn::step, end)));
        running.add(threads.submit(() -> repeat(this::switchOne, end)));
        CountDownLatch done = new CountDownLatch(1);
        Future<?> watching = threads.submit(() -> watch(done, kill, roundSeconds));
        try {
            join(running);
        } finally {
            done.countDown();
        }
        watching.get();
        server.forgetEnded();
        bulk.check();
        for (int i = 0; i < COLLECTIONS; i++) {
            violations.addAll(checkers.get(i).check(histories.get(i)));
        }
        rounds++;
    }

    /** The first failure, at once. */
    private void join(List<Future<?>> running) throws InterruptedException {
        for (Future<?> one : running) {
            try {
                one.get();
            } catch (ExecutionException failure) {
                throw new AssertionError("seed " + seed + "\n" + server.logTail(), failure.getCause());
            }
        }
    }

    private static void repeat(Runnable step, long end) {
        while (System.nanoTime() < end) {
            step.run();
        }
    }

    private void client(int number, List<History> histories, long clientSeed, long end) {
        Random dice = new Random(clientSeed);
        List<SoakTarget> targets = new ArrayList<>();
        List<RandomClient> clients = new ArrayList<>();
        for (int i = 0; i < COLLECTIONS; i++) {
            targets.add(new SoakTarget(server, "docs-" + i));
            clients.add(new RandomClient(number, targets.get(i), histories.get(i), stamps, clientSeed + i));
        }
        repeat(() -> clients.get(dice.nextInt(COLLECTIONS)).step(), end);
        clients.forEach(RandomClient::readAll);
        targets.forEach(target -> retries.addAndGet(target.retries()));
    }

    /** Of one of the collections under the checker, by the ordinary request. */
    private void switchOne() {
        SoakTarget target = new SoakTarget(server, "docs-" + switches % COLLECTIONS);
        URI uri = target.persistently(() -> {
            String id = target.collection().id().toString();
            return server.now().address().resolve(
                    "/api/v2/tenants/default_tenant/databases/default_database/collections/" + id);
        });
        HttpRequest request = HttpRequest.newBuilder(uri).header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"new_configuration\":{"
                        + SETTINGS.get((int) (switches % SETTINGS.size())) + "}}"))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new AssertionError(answer.statusCode() + " " + answer.body());
            }
            switches++;
        } catch (IOException broken) {
            // It is being killed; the change may or may not have been made.
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Kills at a random moment and starts again, or looks at the memory. */
    private Void watch(CountDownLatch done, boolean kill, long roundSeconds) throws Exception {
        if (kill) {
            long millis = random.nextLong(roundSeconds * 900);
            if (!done.await(millis, TimeUnit.MILLISECONDS)) {
                server.kill();
                kills++;
                long begin = System.nanoTime();
                server.start();
                restartMillisMax = Math.max(restartMillisMax,
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
            }
            return null;
        }
        while (!done.await(1, TimeUnit.SECONDS)) {
            HttpRequest scrape = HttpRequest.newBuilder(server.now().address().resolve("/metrics")).build();
            memory.add(server.memory("VmRSS"), server.memory("RssAnon"),
                    http.send(scrape, HttpResponse.BodyHandlers.ofString()).body());
        }
        return null;
    }
}

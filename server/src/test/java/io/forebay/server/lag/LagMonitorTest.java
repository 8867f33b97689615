package io.forebay.server.lag;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.engine.Position;
import io.forebay.engine.WriteOptions;
import io.forebay.model.CollectionConfig;
import io.forebay.model.CollectionStatus;
import io.forebay.model.Lag;
import io.forebay.model.Operation;
import io.forebay.model.Rate;
import io.forebay.model.RecordBatch;
import io.forebay.model.Space;
import io.forebay.server.auth.Limits;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LagMonitorTest {
    private static final LagScope ALL = new LagScope(Limits.NONE, null, null, null);

    @TempDir
    Path directory;

    private Forebay engine;
    private LagMonitor monitor;

    @BeforeEach
    void open() {
        engine = Forebay.open(directory, ForebayOptions.defaults().withExtentBytes(8 << 20)
                .withDiskReserveBytes(0).withIndexerThreads(1));
        monitor = LagMonitor.stopped(engine);
    }

    @AfterEach
    void close() {
        monitor.close();
        engine.close();
    }

    private UUID create(String name) {
        return engine.createCollection("default_tenant", "default_database", name, null,
                CollectionConfig.of(Space.L2), false).join().id();
    }

    private int write(UUID collection, String id) {
        engine.write(collection,
                RecordBatch.builder(Operation.UPSERT).record(id, new float[]{1, 2}, null).build(),
                WriteOptions.DEFAULT).join();
        engine.flush(collection, Position.LINKED).join();
        return engine.status(collection).number();
    }

    @Test
    void aLookTakesSamplesOfWhatMovedAndOfNothingElse() {
        create("still");
        UUID docs = create("docs");
        monitor.look(1);
        int number = write(docs, "a");
        monitor.look(2);
        monitor.look(3);
        write(docs, "b");
        monitor.look(4);
        List<Sample> samples = monitor.history().since(2, n -> true, 100).collections().get(number);
        assertThat(samples).extracting(Sample::second).contains(2, 4);
        assertThat(samples.getLast().operations()).isEqualTo(2);
        assertThat(samples.getLast().index()).isEqualTo(Lag.NONE);
        assertThat(monitor.history().since(2, n -> n != number, 100).collections()).isEmpty();
        assertThat(monitor.store().operations()).isEqualTo(engine.lastSeqId());
    }

    @Test
    void changesAreWhatMovedAndWhatIsNoMore() {
        UUID docs = create("docs");
        monitor.look(1);
        int number = write(docs, "a");
        monitor.look(2);
        assertThat(monitor.changes(1, 2, ALL).moved()).containsExactly(number);
        engine.deleteCollection("default_tenant", "default_database", "docs").join();
        monitor.look(3);
        assertThat(monitor.changes(2, 3, ALL).removed()).containsExactly(docs);
        assertThat(
                monitor.changes(2, 3, new LagScope(Limits.to(List.of("other"), List.of("other")), null, null,
                        null)).removed())
                .as("not theirs").isEmpty();
        assertThat(monitor.changes(3, 3, ALL).removed()).isEmpty();
        monitor.look(1_000);
        assertThat(monitor.changes(2, 1_000, ALL)).as("too long ago").isNull();
    }

    @Test
    void looksGoOnAfterAnErrorInOne() throws InterruptedException {
        CountDownLatch looks = new CountDownLatch(2);
        try (LagMonitor alive = LagMonitor.start(engine)) {
            alive.follow(() -> {
                looks.countDown();
                throw new OutOfMemoryError("made by the test");
            });
            assertThat(looks.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void timeToConsistencyIsLagOverRateAndUnknownWithoutOne() {
        Rate ten = new Rate(10, 1_000);
        assertThat(status(new Lag(50, 1, 1), new Lag(200, 1, 1), ten, ten)).satisfies(status -> {
            assertThat(status.secondsUntilApplied()).isEqualTo(5);
            assertThat(status.secondsUntilLinked()).isEqualTo(20);
        });
        assertThat(status(new Lag(50, 1, 1), new Lag(50, 1, 1), ten, new Rate(1e6, 1)).secondsUntilLinked())
                .as("not before it is applied").isEqualTo(5);
        assertThat(status(new Lag(50, 1, 1), new Lag(50, 1, 1), ten, Rate.UNKNOWN).secondsUntilLinked())
                .isNull();
        assertThat(status(new Lag(1, 1, 1), new Lag(1, 1, 1), Rate.UNKNOWN, ten).secondsUntilLinked())
                .isNull();
        assertThat(status(Lag.NONE, Lag.NONE, Rate.UNKNOWN, Rate.UNKNOWN).secondsUntilLinked()).isZero();
    }

    private static CollectionStatus status(Lag ingest, Lag index, Rate apply, Rate link) {
        return new CollectionStatus(1, UUID.randomUUID(), "t", "d", "n", 2, 0, 0, 0, 0, 0, 0, 0, ingest,
                index, 0, 0,
                apply, link, false);
    }
}

package io.forebay.client.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.client.load.SimulatedServer.Nature;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In simulated time: every run is the same. */
class LoadControllerTest {
    private static final int FLIGHT_MAX = 32;
    /** A batch costs much by itself, so large ones are best, from wherever the controller begins. */
    private static final Nature COSTLY_BATCHES = new Nature(2, 40, 20, 20_000, 100, 1, 0);
    /** The server slows down with more than three batches of a thousand. */
    private static final Nature EASILY_CROWDED = new Nature(2, 1, 30, 1_000, 3, 1, 0);
    /** Far away: only many batches in flight keep it busy. */
    private static final Nature FAR_AWAY = new Nature(8, 1, 10, 1_500, 100, 150, 0);
    private static final Nature[] ALL = {COSTLY_BATCHES, EASILY_CROWDED, FAR_AWAY};

    private static LoadController controller() {
        return new LoadController(0, 0, FLIGHT_MAX);
    }

    private static Nature noisy(Nature nature, double noise) {
        return new Nature(nature.workers(), nature.batchMillis(), nature.recordMicros(),
                nature.batchRecordsMax(), nature.inFlightMax(), nature.travelMillis(), noise);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void itComesNearTheBestRate(int which) {
        SimulatedServer server = new SimulatedServer(ALL[which], 1);
        LoadController controller = controller();
        server.run(controller, 60);
        assertThat(server.run(controller, 60))
                .isGreaterThan(0.8 * SimulatedServer.best(ALL[which], FLIGHT_MAX));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void noiseDoesNotLeadItAway(int which) {
        double best = SimulatedServer.best(ALL[which], FLIGHT_MAX);
        for (long seed = 1; seed <= 20; seed++) {
            SimulatedServer server = new SimulatedServer(noisy(ALL[which], 0.4), seed);
            LoadController controller = controller();
            server.run(controller, 60);
            assertThat(server.run(controller, 120)).as("seed " + seed).isGreaterThan(0.75 * best);
        }
    }

    @Test
    void itFollowsAServerThatChanges() {
        SimulatedServer server = new SimulatedServer(COSTLY_BATCHES, 1);
        LoadController controller = controller();
        server.run(controller, 120);
        Nature slower = new Nature(2, 1, 60, 3_000, 6, 1, 0);
        server.become(slower);
        server.run(controller, 90);
        assertThat(server.run(controller, 60)).isGreaterThan(0.8 * SimulatedServer.best(slower, FLIGHT_MAX));
        server.become(FAR_AWAY);
        server.run(controller, 90);
        assertThat(server.run(controller, 60))
                .isGreaterThan(0.8 * SimulatedServer.best(FAR_AWAY, FLIGHT_MAX));
    }

    @Test
    void aServerAtItsLimitGetsLess() {
        SimulatedServer server = new SimulatedServer(FAR_AWAY, 1);
        LoadController controller = controller();
        server.run(controller, 60);
        assertThat(controller.concurrency()).isGreaterThan(8);
        server.run(controller, 5, 4, wanted -> wanted);
        assertThat(controller.concurrency()).isLessThanOrEqualTo(4);
    }

    @Test
    void aSlowSourceTeachesItNothing() {
        SimulatedServer server = new SimulatedServer(FAR_AWAY, 1);
        LoadController controller = controller();
        server.run(controller, 60, Integer.MAX_VALUE, wanted -> 1);
        assertThat(controller.concurrency()).isLessThanOrEqualTo(6);
        assertThat(controller.batchRecords()).isBetween(200, 3_200);
    }

    @Test
    void whatIsFixedStays() {
        SimulatedServer server = new SimulatedServer(FAR_AWAY, 1);
        LoadController controller = new LoadController(700, 0, FLIGHT_MAX);
        server.run(controller, 60);
        assertThat(controller.batchRecords()).isEqualTo(700);
        assertThat(controller.concurrency()).isGreaterThan(8);
        LoadController other = new LoadController(0, 5, FLIGHT_MAX);
        new SimulatedServer(COSTLY_BATCHES, 1).run(other, 60);
        assertThat(other.concurrency()).isEqualTo(5);
        assertThat(other.batchRecords()).isGreaterThan(3_000);
    }

    @Test
    void atRestItChangesLittle() {
        SimulatedServer server = new SimulatedServer(EASILY_CROWDED, 1);
        LoadController controller = controller();
        server.run(controller, 120);
        int generation = controller.generation();
        server.run(controller, 60);
        assertThat(controller.generation() - generation).isLessThan(20);
    }
}

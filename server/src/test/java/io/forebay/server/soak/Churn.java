package io.forebay.server.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.history.History;
import io.forebay.engine.history.HistoryChecker;
import io.forebay.engine.history.RandomClient;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.ReadOptions;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes a collection, which must be empty, works in it, drops it, and makes it again with the same name at once. What
 * others write into it meanwhile by its name is not asked for. One thread.
 */
final class Churn {
    private static final int STEPS = 25;

    private final SoakServer server;
    private final String name;
    private final long seed;
    private final AtomicLong stamps = new AtomicLong();
    private long lives;
    private long checkedReads;

    Churn(SoakServer server, String name, long seed) {
        this.server = server;
        this.name = name;
        this.seed = seed;
    }

    /** How many collections were made and dropped. */
    long lives() {
        return lives;
    }

    long checkedReads() {
        return checkedReads;
    }

    void step() {
        SoakTarget target = new SoakTarget(server, name);
        assertThat(target.<Integer>persistently(() -> target.collection().count(ReadOptions.DEFAULT)))
                .as("records of a new collection").isZero();
        History history = new History();
        RandomClient client = new RandomClient(0, target, history, stamps, seed + lives);
        for (int i = 0; i < STEPS; i++) {
            client.step();
        }
        client.readAll();
        HistoryChecker checker = new HistoryChecker();
        assertThat(checker.check(history)).as("seed %s, %s", seed, name).isEmpty();
        checkedReads += checker.checkedReads();
        target.persistently(() -> {
            drop();
            return true;
        });
        lives++;
    }

    /** Not there is as good: the first try may have dropped it. */
    private void drop() {
        try {
            server.now().client().deleteCollection(name);
        } catch (ForebayException failure) {
            if (failure.code() != ErrorCode.NOT_FOUND) {
                throw failure;
            }
        }
    }
}

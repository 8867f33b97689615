package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.forebay.model.CollectionInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Collections, databases and everything are dropped, made again under the same names, renamed and forked while twenty
 * clients write: nobody sees a record of another collection, whatever fails fails as documented, nothing is logged that
 * anybody should worry about, and in the end nothing is left of what was dropped. Then the same with kills.
 */
class LifecycleUnderLoadTest {
    @TempDir
    Path directory;

    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> listener = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
                complaints.add(event.getLevel() + " " + event.getLoggerName() + " "
                        + event.getFormattedMessage());
            }
        }
    };

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.forebay");
    }

    @BeforeEach
    void listen() {
        listener.start();
        logger().addAppender(listener);
    }

    @AfterEach
    void listenNoMore() {
        logger().detachAppender(listener);
    }

    static ForebayOptions options() {
        return TestStores.small().withCheckpointIntervalMillis(200).withCheckpointBytes(1 << 20);
    }

    @Test
    void nothingComesBackAndNothingIsLeftOfWhatIsDroppedUnderLoad() throws Exception {
        load(6_000);
    }

    @Test
    @Tag("long")
    @Timeout(3600)
    void nothingComesBackAndNothingIsLeftInALongTime() throws Exception {
        load(240_000);
    }

    private void load(long millis) throws Exception {
        LifecycleLoad load;
        try (Forebay store = Forebay.open(directory, options())) {
            load = new LifecycleLoad(store, TestStores.seed(), line -> {});
            load.run(millis, true);
            System.err.println(load.writes + " writes, " + load.drops + " drops, " + load.forks + " forks, "
                    + load.resets + " resets");
            assertThat(load.drops.get()).isPositive();
            assertThat(load.forks.get()).isPositive();
            assertThat(load.resets.get()).isPositive();
            load.checkAcked(() -> store);
            checkNothingElse(store);
        }
        try (Forebay store = Forebay.open(directory, options())) {
            load.checkAcked(() -> store);
            store.store.opening.tried().join();
            checkNothingElse(store);
        }
        assertThat(complaints).isEmpty();
    }

    private void checkNothingElse(Forebay store) throws IOException {
        await().atMost(Duration.ofSeconds(90)).until(() -> store.store.removals.waiting() == 0);
        Set<Integer> known = store.store.catalog.all().stream().map(runtime -> runtime.number)
                .collect(Collectors.toSet());
        try (Stream<Path> found = Files.list(directory.resolve("vectors"))) {
            assertThat(found.map(path -> Integer.parseInt(path.getFileName().toString()))).isSubsetOf(known);
        }
        assertThat(store.store.changes.reservedNumbers()).isEmpty();
        int last = store.store.changes.nextNumber();
        for (int number = 1; number < last; number++) {
            if (!known.contains(number)) {
                assertThat(store.store.records.hasRows(number)).as("rows of number %s", number).isFalse();
            }
        }
        assertThat(store.store.records.readCatalog()).as("rows of collections that are to be removed")
                .noneMatch(row -> row.key()[0] == CatalogRows.DROPPED);
        assertThat(store.health().reasons()).isEmpty();
        assertThat(store.stats().pendingBytes()).isZero();
    }

    @Test
    void whatWasMadeIsThereAndWhatWasDroppedIsGoneWhenTheProcessIsKilled() throws Exception {
        lives(2, 200, 1_500);
    }

    @Test
    @Tag("long")
    @Timeout(3600)
    void whatWasMadeIsThereAndWhatWasDroppedIsGoneInManyLives() throws Exception {
        lives(60, 20, 3_000);
    }

    private void lives(int count, int aliveMillisMin, int aliveMillisMax) throws Exception {
        Random random = new Random(TestStores.seed());
        for (int life = 0; life < count; life++) {
            Told told = live(random.nextLong(), random.nextInt(aliveMillisMin, aliveMillisMax));
            try (Forebay store = Forebay.open(directory, options())) {
                Set<UUID> found = new TreeSet<>();
                for (CollectionInfo info : LifecycleLoad.collections(store)) {
                    found.add(info.id());
                    LifecycleLoad.checkMarks(info, LifecycleLoad.all(store, info.id()));
                }
                assertThat(told.made).as("made, in life %s", life).isSubsetOf(found);
                assertThat(told.dropped).as("dropped, in life %s", life).noneMatch(found::contains);
                store.store.opening.tried().join();
                checkNothingElse(store);
            }
            assertThat(complaints).as("life %s", life).isEmpty();
        }
    }

    /** What a child said: of what it was doing when it was killed neither holds. */
    private static final class Told {
        final Set<UUID> made = new TreeSet<>();
        final Set<UUID> dropped = new TreeSet<>();
        int lines;

        void line(String line) {
            String[] words = line.split(" ");
            if (words.length != 2) {
                return;
            }
            lines++;
            UUID id = UUID.fromString(words[1]);
            switch (words[0]) {
                case "made" -> made.add(id);
                case "dropping" -> made.remove(id);
                default -> dropped.add(id);
            }
        }
    }

    private Told live(long seed, int aliveMillis) throws IOException, InterruptedException {
        List<String> command = List.of(ProcessHandle.current().info().command().orElse("java"),
                "@" + System.getProperty("forebay.root") + "/jvm.options", "-Xmx512m", "-cp",
                System.getProperty("java.class.path"), LifecycleChild.class.getName(),
                directory.toString(), Long.toString(seed));
        Process child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Told told = new Told();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            long killAt = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                told.line(line);
                if (killAt == 0) {
                    killAt = System.nanoTime() + aliveMillis * 1_000_000L;
                }
                if (System.nanoTime() > killAt) {
                    // Not child.destroyForcibly(): that closes the pipe with lines still in it.
                    child.toHandle().destroyForcibly();
                }
            }
        }
        assertThat(told.lines).as("lines of this life").isPositive();
        assertThat(child.waitFor()).as("exit code of the killed child").isEqualTo(128 + 9);
        return told;
    }
}

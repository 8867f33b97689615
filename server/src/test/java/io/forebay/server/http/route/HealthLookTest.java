package io.forebay.server.http.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.engine.Forebay;
import io.forebay.engine.ForebayOptions;
import io.forebay.engine.Health;
import io.forebay.server.ops.ServerOps;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthLookTest {
    @TempDir
    Path directory;

    @Test
    void howeverManyAskOneLookAnswersAllWhoAskedBeforeIt() {
        Queue<Runnable> looks = new ArrayDeque<>();
        try (Forebay engine = Forebay.open(directory, ForebayOptions.defaults().withExtentBytes(8 << 20)
                .withDiskReserveBytes(0))) {
            HealthLook look = new HealthLook(engine, ServerOps.none(), looks::add);
            List<CompletableFuture<Health>> asked = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                asked.add(look.ask());
            }
            assertThat(looks).hasSize(1);
            looks.remove().run();
            assertThat(asked).allSatisfy(
                    health -> assertThat(health.join().status()).isEqualTo(Health.Status.GREEN));
            assertThat(look.ask()).as("who asks later gets a later look").isNotDone();
            assertThat(looks).hasSize(1);
        }
    }
}

package io.forebay.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bench migrate} in small, without Chroma. */
class MigrateSmokeTest {

    @Test
    void deliveredAndMigratedAreMeasuredInTurns(@TempDir Path folder) throws Exception {
        BenchRun run = BenchRun.of(folder, "migrate", "--records", "500", "--rounds", "1", "--no-warm-up",
                "--chroma", "none");
        assertThat(run.out()).contains("forebay_http_shared_migrated_over_delivered",
                "forebay_binary_shared_delivered", "without Chroma's own server, as asked");
        assertThat(run.json()).contains("\"benchmark\" : \"migrate\"", "\"records\" : 500");
    }
}

package io.forebay.bench.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.forebay.bench.data.FileHash;
import io.forebay.bench.data.VectorData;
import io.forebay.bench.load.BenchData;
import io.forebay.model.Space;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records r0, r1, … at 0, 1, … on a line; further passes ({@code r0~1}) lie between them. */
class MovingRecallTest {
    private static final float[] QUERY = {0};

    private final MovingRecall recall = new MovingRecall(line(20));

    private static BenchData line(int count) {
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new float[]{i});
        }
        return BenchData.of(new VectorData("line", Space.L2, count, rows, List.of(QUERY), null,
                List.<FileHash>of()));
    }

    private double judge(long acked, String... answer) {
        recall.add(QUERY, 4, acked, List.of(answer));
        return recall.judge();
    }

    @Test
    void hitsAreJudgedAgainstWhatWasAckedBeforeTheQuery() {
        assertThat(judge(10, "r0", "r1", "r2", "r3")).isEqualTo(1);
        assertThat(judge(10, "r0", "r1", "r2", "r9")).isEqualTo(0.75);
        assertThat(judge(10, "r0", "r1")).isEqualTo(0.5);
        assertThat(judge(2, "r0", "r1")).isEqualTo(1);
    }

    @Test
    void whatCameMeanwhileCountsIfItIsAsNear() {
        // r1~1 is r1 moved a tenth of the way to another one: nearer than r3 for sure
        assertThat(judge(20, "r0", "r1", "r1~1", "r2")).isEqualTo(1);
    }

    @Test
    void aHitThatIsGivenTwiceCountsOnce() {
        assertThat(judge(10, "r0", "r0", "r1", "r2")).isEqualTo(0.75);
    }

    @Test
    void recallIsTheMeanOfAllAnswersSinceTheLast() {
        recall.add(QUERY, 4, 10, List.of("r0", "r1", "r2", "r3"));
        assertThat(judge(10)).isEqualTo(0.5, within(1e-9));
        assertThat(recall.judge()).isNaN();
    }

    @Test
    void aRecordThatWasNeverWrittenIsAnError() {
        assertThatThrownBy(() -> judge(10, "other")).hasMessageContaining("other");
    }
}

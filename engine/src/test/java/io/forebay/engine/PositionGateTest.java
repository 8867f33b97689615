package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.model.ForebayException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PositionGateTest {
    private final PositionGate gate = new PositionGate(5);

    @Test
    void waitersAreReleasedWhenTheirPositionIsReachedAndNotBefore() {
        CompletableFuture<Void> seven = gate.reached(7);
        CompletableFuture<Void> nine = gate.reached(9);
        assertThat(gate.reached(5)).isCompleted();
        gate.advance(8);
        assertThat(seven).isCompleted();
        assertThat(nine).isNotDone();
        gate.advance(6);
        assertThat(gate.position()).isEqualTo(8);
        gate.advance(9);
        assertThat(nine).isCompleted();
        assertThat(gate.waiting()).isZero();
    }

    @Test
    void aClosedGateRefusesThoseWhoWaitAndThoseWhoCome() {
        CompletableFuture<Void> waiting = gate.reached(7);
        gate.close(ForebayException.notFound("gone"));
        assertThatThrownBy(waiting::join).hasMessageContaining("gone");
        assertThatThrownBy(() -> gate.reached(8).join()).hasMessageContaining("gone");
        assertThat(gate.reached(5)).isCompleted();
    }

    @Test
    void oneWhoGivesUpIsForgotten() {
        CompletableFuture<Void> impatient = gate.reached(100).orTimeout(1, TimeUnit.MILLISECONDS);
        assertThatThrownBy(impatient::join).hasCauseInstanceOf(java.util.concurrent.TimeoutException.class);
        // The gate forgets on the thread that timed out, maybe after join has returned here.
        await().until(() -> gate.waiting() == 0);
    }

    @Test
    void noWaiterIsForgottenWhileThePositionMoves() throws Exception {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        Thread mover = Thread.ofPlatform().start(() -> {
            for (int i = 6; i <= 20_000; i++) {
                gate.advance(i);
            }
        });
        for (int i = 6; i <= 20_000; i++) {
            all.add(gate.reached(i));
        }
        mover.join();
        assertThat(all).allSatisfy(future -> assertThat(future).isCompleted());
    }
}

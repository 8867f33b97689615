package io.forebay.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.client.FrameServer.Connection;
import io.forebay.client.FrameServer.Frame;
import io.forebay.model.ReadOptions;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Requests that wait, and connections that take no more of them. */
class WirePoolTest extends FrameServerTest {
    @Test
    void aFeedThatIsClosedBeforeItIsAskedForNeverIs() throws Exception {
        server.requestsMax = 1;
        CompletableFuture<CollectionClient> asked = client.collectionAsync("peps");
        Connection connection = server.greet();
        CollectionClient peps = peps(connection, asked);
        CompletableFuture<String> first = client.versionAsync();
        Frame call = connection.request();

        Changes changes = peps.changes(5);
        CompletableFuture<Boolean> more = CompletableFuture.supplyAsync(changes::hasNext);
        changes.close();
        assertThat(done(more)).isFalse();
        CompletableFuture<Integer> count = peps.countAsync(ReadOptions.DEFAULT);

        connection.json(call, 200, "\"1\"");
        Frame next = connection.request();
        assertThat(next.type()).isEqualTo(FrameType.COUNT);
        connection.answer(next.id(), new Fields().put("count", 8));
        assertThat(done(count)).isEqualTo(8);
        assertThat(done(first)).isEqualTo("1");
        assertThat(connection.isSilent(20)).isTrue();
    }

    /** No look at the connections comes to the help of whoever sends: the timer is kept busy. */
    @Test
    void aConnectionThatCannotBeWrittenToIsLeftAndStillRead() throws Exception {
        ClientThreads threads = new ClientThreads();
        CountDownLatch isOver = new CountDownLatch(1);
        WirePool pool = new WirePool(WireSettings.of(builder()), threads);
        try {
            threads.timer().execute(() -> waitFor(isOver));
            WireRequest before = request();
            pool.send(before);
            Connection broken = server.greet();
            Frame asked = broken.request();
            WireConnection connection = pool.connection();
            connection.socket().shutdownOutput();
            pool.send(request());
            await().until(connection.writer()::isBroken);

            WireRequest after = request();
            done(CompletableFuture.runAsync(() -> pool.send(after))); // and does not try for ever
            Connection next = server.greet();
            next.answer(next.request().id(), new Fields().put("which", "after"));
            assertThat(done(after.answer).head().text("which")).isEqualTo("after");
            broken.answer(asked.id(), new Fields().put("which", "before"));
            assertThat(done(before.answer).head().text("which")).isEqualTo("before");
        } finally {
            isOver.countDown();
            pool.close();
            threads.close();
        }
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static WireRequest request() {
        return WireRequest.of(FrameType.CALL, FrameHeader.NONE, new Fields(),
                Duration.ofSeconds(60).toNanos());
    }
}

package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.server.auth.Principal;
import io.forebay.server.http.route.BodySink;
import io.forebay.server.http.route.Request;
import io.forebay.server.http.route.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A body on its way to who takes it: how much waits, and how it ends. */
class StreamedBodyTest {
    private static final int PIECE = 64 << 10;

    private final DefaultEventExecutor loop = new DefaultEventExecutor();
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final List<ByteBuf> given = new ArrayList<>();
    private final AtomicInteger rooms = new AtomicInteger();
    private final List<Response> answers = java.util.Collections.synchronizedList(new ArrayList<>());
    private final Sink sink = new Sink();
    private final StreamedBody body = new StreamedBody(
            "a test", new BodySink.Source() {
                @Override
                public long bytesMax() {
                    return Long.MAX_VALUE;
                }

                @Override
                public BodySink open(Request request) {
                    sink.opened.incrementAndGet();
                    return sink;
                }
            }, new Request(Map.of(), "", new DefaultHttpHeaders(), new byte[0], 0, Principal.ANYBODY),
            () -> {}, rooms::incrementAndGet, answers::add, loop, threads);

    /** Takes nothing before it is told to. */
    private static final class Sink implements BodySink {
        private final CountDownLatch go = new CountDownLatch(1);
        private final AtomicInteger opened = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();
        private final AtomicInteger aborted = new AtomicInteger();
        private final AtomicLong bytes = new AtomicLong();
        private volatile int failAt = Integer.MAX_VALUE;

        @Override
        public void take(ByteBuffer piece) throws InterruptedException {
            go.await();
            if (bytes.addAndGet(piece.remaining()) > failAt) {
                throw new ForebayException(ErrorCode.INSUFFICIENT_STORAGE, "full");
            }
        }

        @Override
        public Response end() {
            ended.incrementAndGet();
            return Response.empty(202);
        }

        @Override
        public void abort() {
            aborted.incrementAndGet();
        }
    }

    @AfterEach
    void stop() {
        sink.go.countDown();
        threads.shutdown();
        loop.shutdownGracefully(0, 5, java.util.concurrent.TimeUnit.SECONDS).awaitUninterruptibly();
        // The threads may be taking the last pieces.
        await().untilAsserted(() -> assertThat(given).allMatch(piece -> piece.refCnt() == 0));
    }

    /** As the connection does: its own reference goes when it has given. */
    private void give(int length) {
        ByteBuf piece = Unpooled.buffer(length).writeZero(length);
        given.add(piece);
        body.give(piece);
        piece.release();
    }

    private void open() {
        assertThat(body.isFull()).as("nothing may come before the sink is there").isTrue();
        body.start();
        await().until(() -> !body.isFull());
    }

    @Test
    void whileTheSinkIsSlowNoMoreWaitsThanTheBound() {
        open();
        int pieces = 0;
        while (!body.isFull()) {
            give(PIECE);
            pieces++;
        }
        assertThat(body.waitingBytes()).isBetween(StreamedBody.WAITING_BYTES_MAX - PIECE,
                StreamedBody.WAITING_BYTES_MAX + PIECE);
        assertThat(pieces).isLessThanOrEqualTo(StreamedBody.WAITING_BYTES_MAX / PIECE + 3);
        assertThat(rooms).hasValue(0);
        sink.go.countDown();
        await().until(() -> rooms.get() == 1);
        assertThat(body.isFull()).isFalse();
        body.end();
        await().until(() -> answers.size() == 1);
        assertThat(answers.getFirst().status()).isEqualTo(202);
        assertThat(sink.bytes).hasValue((long) pieces * PIECE);
        assertThat(sink.ended).hasValue(1);
        assertThat(sink.aborted).hasValue(0);
        body.close();
    }

    @Test
    void manyShortPiecesAreBoundedToo() {
        open();
        for (int i = 0; !body.isFull(); i++) {
            give(1);
            assertThat(i).isLessThan(StreamedBody.PIECES_MAX + 2);
        }
        assertThat(body.waitingBytes()).isLessThanOrEqualTo(StreamedBody.PIECES_MAX + 1);
    }

    @Test
    void aLongBodyPassesInOrderAndInBoundedMemory() {
        sink.go.countDown();
        open();
        long total = 0;
        int most = 0;
        for (int i = 0; i < 2_000; i++) {
            while (body.isFull()) {
                Thread.onSpinWait();
            }
            give(PIECE);
            total += PIECE;
            most = Math.max(most, body.waitingBytes());
        }
        body.end();
        await().until(() -> answers.size() == 1);
        assertThat(sink.bytes).hasValue(total);
        assertThat(most).isLessThanOrEqualTo(StreamedBody.WAITING_BYTES_MAX + PIECE);
    }

    @Test
    void aLostClientAbortsOnceAndIsNotAnswered() {
        body.start();
        give(10);
        give(10);
        await().until(() -> sink.opened.get() == 1);
        body.close();
        body.end();
        give(10);
        sink.go.countDown();
        await().until(() -> sink.aborted.get() == 1);
        body.close();
        assertThat(sink.ended).hasValue(0);
        assertThat(answers).isEmpty();
    }

    @Test
    void whatTheSinkThrowsIsTheAnswerAndTheRestIsNotTaken() {
        sink.failAt = 5;
        sink.go.countDown();
        body.start();
        give(10);
        await().until(() -> answers.size() == 1);
        assertThat(answers.getFirst().status()).isEqualTo(507);
        give(10);
        body.end();
        assertThat(sink.aborted).hasValue(1);
        assertThat(sink.bytes).hasValue(10);
        assertThat(body.isFull()).isFalse();
    }

    @Test
    void threadsThatHaveStoppedLeaveNothingBehind() {
        body.start();
        await().until(() -> sink.opened.get() == 1);
        threads.shutdown();
        give(10);
        assertThat(given).allMatch(piece -> piece.refCnt() == 0);
        await().until(() -> sink.aborted.get() == 1);
    }
}

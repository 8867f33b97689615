package io.forebay.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written comes out, in one buffer or in several, and is given back. */
class AnswerBodyTest {
    private static final long SEED = Long.getLong("forebay.seed", System.nanoTime());

    private final PooledByteBufAllocator alloc = new PooledByteBufAllocator(false);

    @Test
    void whateverIsWrittenComesOutInItsOrder() {
        Random random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            ByteArrayOutputStream wanted = new ByteArrayOutputStream();
            try (AnswerBody body = new AnswerBody(alloc)) {
                int writes = random.nextInt(round % 10 == 0 ? 500 : 5);
                for (int i = 0; i < writes; i++) {
                    byte[] bytes = new byte[random.nextInt(8000)];
                    random.nextBytes(bytes);
                    int from = random.nextInt(bytes.length + 1);
                    body.write(bytes, from, bytes.length - from);
                    wanted.write(bytes, from, bytes.length - from);
                    body.write(i);
                    wanted.write(i);
                }
                ByteBuf content = body.take();
                assertThat(ByteBufUtil.getBytes(content)).as("seed %d", SEED).isEqualTo(wanted.toByteArray());
                assertThat(content.release()).isTrue();
            }
        }
    }

    @Test
    void aShortAnswerIsOneBufferAndALongOneIsNotMoved() {
        try (AnswerBody body = new AnswerBody(alloc)) {
            body.write(new byte[7000], 0, 7000);
            ByteBuf content = body.take();
            assertThat(content.nioBufferCount()).isEqualTo(1);
            content.release();
        }
        try (AnswerBody body = new AnswerBody(alloc)) {
            for (int i = 0; i < 4000; i++) {
                body.write(new byte[8000], 0, 8000);
            }
            ByteBuf content = body.take();
            assertThat(content.readableBytes()).isEqualTo(32_000_000);
            assertThat(content.nioBufferCount()).isBetween(32, 60);
            content.release();
        }
    }

    @Test
    void whatWasNotTakenIsGivenBack() {
        AnswerBody body = new AnswerBody(alloc);
        body.write(new byte[3 << 20], 0, 3 << 20);
        body.close();
        body.close();
        assertThat(
                alloc.metric().heapArenas().stream().mapToLong(arena -> arena.numActiveAllocations()).sum())
                .isZero();
    }
}

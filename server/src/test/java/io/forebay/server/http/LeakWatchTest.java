package io.forebay.server.http;

import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

/** The watch that the other tests rely on sees a leak. */
class LeakWatchTest {
    @Test
    void aBufferThatIsNotReleasedIsFound() {
        LeakWatch.install();
        for (int i = 0; i < 20; i++) {
            ByteBufAllocator.DEFAULT.buffer(64).writeLong(i);
        }
        await().until(() -> !LeakWatch.leaks().isEmpty());
        // All twenty are found by now or with the next collection: they are not the next test's fault.
        LeakWatch.leaks();
        LeakWatch.forget();
    }
}

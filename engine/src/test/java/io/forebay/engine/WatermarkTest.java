package io.forebay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Operation;
import io.forebay.model.ReadOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Before the disk or the memory is full. The memory is this JVM's own. */
class WatermarkTest {
    private static final int MB = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void aDiskBelowItsWatermarkIsAWarningAndNothingIsRefused() {
        try (Forebay store = Forebay.open(directory, TestStores.small())) {
            UUID docs = TestStores.create(store, "docs");
            assertThat(store.health().status()).isEqualTo(Health.Status.GREEN);
            assertThat(store.stats().pressure().diskState()).isZero();
            store.pressure(PressureOptions.defaults().withDiskWatermarkBytes(1L << 50));
            assertThat(store.health().status()).isEqualTo(Health.Status.YELLOW);
            assertThat(store.health().reasons()).singleElement().asString()
                    .contains("below the watermark of " + (1L << 50));
            assertThat(store.stats().pressure().diskState()).isEqualTo(1);
            store.write(docs, TestStores.batch(Operation.ADD, "r", 0, 3, 4), WriteOptions.DEFAULT).join();
        }
    }

    @Test
    void aHeapThatIsFullOfWhatIsNeededRefusesWritesAndOneFullOfGarbageDoesNot() {
        try (Forebay store = Forebay.open(directory, TestStores.small())) {
            UUID docs = TestStores.create(store, "docs");
            System.gc();
            await().until(() -> store.stats().pressure().heapAfterGcBytes() > 0);
            long max = store.stats().pressure().heapMaxBytes();
            int percent = (int) (100 * (store.stats().pressure().heapAfterGcBytes() + max / 3) / max);
            store.pressure(PressureOptions.defaults().withMemoryWatermarkPercent(percent));
            long garbage = 0;
            while (garbage < 2 * max) {
                garbage += new byte[MB].length;
            }
            store.write(docs, TestStores.batch(Operation.ADD, "r", 0, 3, 4), WriteOptions.DEFAULT).join();

            List<byte[]> needed = new ArrayList<>();
            for (long held = 0; held < max / 2; held += MB) {
                needed.add(new byte[MB - 64]);
            }
            System.gc();
            await().until(() -> store.stats().pressure().memoryState() == 2);
            assertThatThrownBy(() -> store.write(docs, TestStores.batch(Operation.ADD, "r", 3, 6, 4),
                    WriteOptions.DEFAULT).join()).cause()
                    .isInstanceOfSatisfying(ForebayException.class, refused -> {
                        assertThat(refused.code()).isEqualTo(ErrorCode.BACKOFF);
                        assertThat(refused.limit()).isEqualTo("memory");
                        assertThat(refused.retryAfterSeconds()).isBetween(1, 60);
                        assertThat(refused).hasMessageContaining("memoryWatermarkPercent " + percent);
                    });
            assertThat(store.health().status()).isEqualTo(Health.Status.YELLOW);
            assertThat(store.health().reasons()).singleElement().asString().contains("The heap is full");
            assertThat(store.count(docs, ReadOptions.DEFAULT).join()).isEqualTo(3);

            assertThat(needed).isNotEmpty();
            needed.clear();
            System.gc();
            await().until(() -> store.stats().pressure().memoryState() == 0);
            store.write(docs, TestStores.batch(Operation.ADD, "r", 3, 6, 4), WriteOptions.DEFAULT).join();
        }
    }

    @Test
    void memoryOutsideTheHeapCountsWhenACollectionOfGarbageLeavesItThere() {
        AtomicInteger collections = new AtomicInteger();
        try (JvmMemory jvm = new JvmMemory()) {
            ByteBuffer held = ByteBuffer.allocateDirect(32 * MB);
            int percent = Math.max(1, (int) (100 * jvm.direct() / jvm.directMax()));
            MemoryWatermark memory = new MemoryWatermark(jvm, 100, collections::incrementAndGet);
            memory.look();
            assertThat(collections).hasValue(0);
            ByteBuffer more = ByteBuffer.allocateDirect((int) (jvm.directMax() / 50));
            memory.percentMax(percent);
            memory.look();
            assertThat(collections).hasValue(1);
            assertThat(memory.reason()).isNull();
            memory.look();
            assertThat(memory.reason()).contains("The memory outside the heap is full");
            assertThat(collections).as("not again so soon").hasValue(1);
            assertThatThrownBy(memory::check).isInstanceOf(ForebayException.class);
            assertThat(held.capacity() + more.capacity()).isPositive();
            memory.percentMax(0);
            memory.check();
        }
    }
}

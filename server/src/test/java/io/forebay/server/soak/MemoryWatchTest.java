package io.forebay.server.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryWatchTest {
    private static MemoryWatch watch(long residentMbPerSample, long heapMbPerSample) {
        MemoryWatch watch = new MemoryWatch();
        for (int i = 0; i < 90; i++) {
            long heap = (100 + i * heapMbPerSample + i % 7 * 20) << 20;
            watch.add((500 + i * residentMbPerSample) << 20, 0,
                    "jvm_memory_used_bytes{area=\"heap\",id=\"a\"} " + heap
                            + ".0\njvm_memory_used_bytes{area=\"nonheap\",id=\"b\"} 9.0E9\n");
        }
        return watch;
    }

    @Test
    void memoryThatStaysIsFlatAndMemoryThatGrowsIsNot() {
        assertThat(watch(0, 0).isFlat()).isTrue();
        assertThat(watch(5, 0).isFlat()).isFalse();
        assertThat(watch(0, 3).isFlat()).isFalse();
    }
}

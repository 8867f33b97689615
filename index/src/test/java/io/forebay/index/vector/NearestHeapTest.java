package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NearestHeapTest {

    @Test
    void keepsTheNearestInOrderForAnyKAndAnyInput() {
        Random random = TestVectors.random("NearestHeapTest");
        for (int round = 0; round < 300; round++) {
            int count = random.nextInt(3000);
            int k = 1 + random.nextInt(2000);
            NearestHeap heap = new NearestHeap(k);
            float[] distances = new float[count];
            for (int i = 0; i < count; i++) {
                // Few distinct values, so that many are equal.
                distances[i] = random.nextInt(50) - 25;
                heap.offer(distances[i], i);
            }
            int[] expected = IntStream.range(0, count).boxed()
                    .sorted((a, b) -> distances[a] != distances[b]
                            ? Float.compare(distances[a], distances[b])
                            : Integer.compare(a, b))
                    .limit(k).mapToInt(Integer::intValue).toArray();
            Neighbors found = heap.drain();
            assertThat(found.ordinals()).isEqualTo(expected);
            for (int i = 0; i < expected.length; i++) {
                assertThat(found.distances()[i]).isEqualTo(distances[expected[i]]);
            }
        }
    }

    @Test
    void sortsInfinitiesZerosAndNaN() {
        NearestHeap heap = new NearestHeap(9);
        float[] distances = {Float.NaN, Float.POSITIVE_INFINITY, 0f, -0f, Float.NEGATIVE_INFINITY,
                Float.MIN_VALUE,
                -Float.MIN_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE};
        for (int i = 0; i < distances.length; i++) {
            heap.offer(distances[i], i);
        }
        assertThat(heap.drain().ordinals()).containsExactly(4, 8, 6, 2, 3, 5, 7, 1, 0);
    }
}

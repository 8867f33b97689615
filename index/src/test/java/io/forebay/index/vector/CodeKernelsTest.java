package io.forebay.index.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.Space;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kernels in C (where this machine runs them), those in Java, and a scalar twin agree to the bit. */
class CodeKernelsTest {

    private static final int ROWS = 40;

    private final Random random = TestVectors.random("CodeKernelsTest");

    static IntStream lengths() {
        return IntStream.concat(IntStream.iterate(64, length -> length <= 1024, length -> length + 64),
                IntStream.of(1536, 4096, 8192, 65536));
    }

    /** Ordinals from here: across a border of chunks, unless that would take a lot of memory. */
    private static int first(int length) {
        return length <= 1024 ? CodeRows.CHUNK_ROWS - ROWS : 0;
    }

    /** Rows of codes 1 to 127 with scalars of usual and unusual size. */
    private CodeRows rows(int length) {
        CodeEncoder encoder = CodeEncoder.trained(Space.L2, length, java.util.List.of());
        int first = first(length);
        int end = first + 2 * ROWS;
        int chunkCount = (end - 1 >>> CodeRows.CHUNK_BITS) + 1;
        long[] chunks = new long[chunkCount];
        MemorySegment[] owners = new MemorySegment[chunkCount];
        for (int chunk = 0; chunk < chunkCount; chunk++) {
            int from = chunk << CodeRows.CHUNK_BITS;
            int rows = Math.min(end - from, CodeRows.CHUNK_ROWS);
            long scalars = (long) rows * CodeRows.SCALAR_BYTES + 63 & -64;
            owners[chunk] = Memory.allocate(scalars + (long) rows * length, 64);
            chunks[chunk] = owners[chunk].address() + scalars;
            for (int row = Math.max(from, first); row < from + rows; row++) {
                fill(chunks[chunk], row & CodeRows.CHUNK_ROWS - 1, length);
            }
        }
        return new CodeRows(encoder, chunks, owners, end, length);
    }

    private void fill(long chunk, int row, int length) {
        int kind = random.nextInt(4);
        for (int i = 0; i < length; i++) {
            int code = switch (kind) {
                case 0 -> 1;
                case 1 -> 127;
                case 2 -> random.nextBoolean() ? 1 : 127;
                default -> 1 + random.nextInt(127);
            };
            Memory.ALL.set(java.lang.foreign.ValueLayout.JAVA_BYTE, chunk + (long) row * length + i,
                    (byte) code);
        }
        long scalars = chunk - CodeRows.SCALAR_BYTES * (long) (row + 1);
        Memory.putFloat(scalars, random.nextInt(8) == 0 ? Float.POSITIVE_INFINITY : random.nextFloat() * 100);
        Memory.putFloat(scalars + 4, random.nextInt(8) == 0 ? 0 : random.nextFloat());
    }

    private int[] ordinals(int length, int count) {
        return IntStream.range(0, count).map(i -> first(length) + random.nextInt(2 * ROWS)).toArray();
    }

    private static float scalar(CodeQuery query, CodeRows rows, int ordinal) {
        int dot = 0;
        for (int i = 0; i < rows.length(); i++) {
            int code = Memory.ALL.get(java.lang.foreign.ValueLayout.JAVA_BYTE, rows.address(ordinal) + i);
            dot += query.codes[i] * (code - CodeKernels.OFFSET);
        }
        return (query.add + rows.add(ordinal)) - (query.scale * rows.scale(ordinal)) * dot;
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void allKernelsAgreeToTheBit(int length) {
        CodeRows rows = rows(length);
        CodeQuery query = new CodeQuery();
        for (int round = 0; round < 8; round++) {
            int from = ordinals(length, 1)[0];
            query.setRow(rows, from);
            for (int count = 0; count <= 18; count++) {
                int[] ordinals = ordinals(length, count);
                float[] expected = new float[count];
                for (int i = 0; i < count; i++) {
                    expected[i] = scalar(query, rows, ordinals[i]);
                }
                float[] java = new float[count];
                JavaKernels.distances(query, rows, ordinals, count, java);
                assertThat(bits(java)).as("Java, %d rows", count).isEqualTo(bits(expected));
                float[] used = new float[count];
                CodeKernels.distances(query, rows, ordinals, count, used);
                assertThat(bits(used)).as("used, %d rows", count).isEqualTo(bits(expected));
                float[] between = new float[count];
                CodeKernels.rowDistances(from, rows, ordinals, count, between, new CodeQuery());
                assertThat(bits(between)).as("row, %d rows", count).isEqualTo(bits(expected));
            }
        }
        Reference.reachabilityFence(rows);
    }

    /** NaN has many bit patterns; all of them are no number. */
    private static int[] bits(float[] values) {
        return IntStream.range(0, values.length).map(i -> Float.floatToIntBits(values[i])).toArray();
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void aRowIsReadBackAsItWasEncoded(int length) {
        CodeRows rows = rows(length);
        int ordinal = ordinals(length, 1)[0];
        CodeQuery query = new CodeQuery();
        query.setRow(rows, ordinal);
        int sum = 0;
        for (int i = 0; i < length; i++) {
            int code = Memory.ALL.get(java.lang.foreign.ValueLayout.JAVA_BYTE, rows.address(ordinal) + i)
                    - CodeKernels.OFFSET;
            assertThat((int) query.codes[i]).isEqualTo(code);
            assertThat((int) query.wide()[i]).isEqualTo(code);
            sum += code;
        }
        assertThat(query.bias).isEqualTo(CodeKernels.OFFSET * sum);
        Reference.reachabilityFence(rows);
    }

    @Test
    void expandingARowGivesWhatWasNotVisitedAndHasACode() {
        CodeRows rows = rows(128);
        GraphScratch scratch = new GraphScratch();
        scratch.query.setRow(rows, CodeRows.CHUNK_ROWS);
        IntRows links = new IntRows(16);
        links.reserve(0);
        long row = links.address(0);
        int[] linked = {4100, 4101 | NativeGraph.PROTECTED, 4090, rows.count(), rows.count() + 100_000, 4095,
                Integer.MAX_VALUE - 1};
        for (int i = 0; i < linked.length; i++) {
            Memory.putInt(row + 4L * i, linked[i]);
        }
        scratch.begin(10, 16);
        scratch.visit(4090);
        int found = CodeKernels.expand(rows, row, 0, 16, scratch);
        assertThat(Arrays.copyOf(scratch.ordinals, found)).containsExactly(4100, 4101, 4095);
        for (int i = 0; i < found; i++) {
            assertThat(scratch.distances[i]).isEqualTo(scalar(scratch.query, rows, scratch.ordinals[i]));
        }
        assertThat(CodeKernels.expand(rows, row, row, 16, scratch)).isZero();
        assertThat(scratch.visitedCount).isEqualTo(4);
        Reference.reachabilityFence(links);
        Reference.reachabilityFence(rows);
    }
}

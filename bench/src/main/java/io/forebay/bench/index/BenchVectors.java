package io.forebay.bench.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Vectors to measure with: a reader of float16 matrices in NumPy's format 1.0, and a seeded generator. */
final class BenchVectors {

    private static final Pattern SHAPE = Pattern.compile("'shape': \\((\\d+), (\\d+)\\)");

    private BenchVectors() {}

    static float[][] halfMatrix(Path file, int rowsMax) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN);
            byte[] header = new byte[all.getShort(8) & 0xffff];
            all.get(10, header);
            Matcher shape = SHAPE.matcher(new String(header, StandardCharsets.US_ASCII));
            if (!shape.find()) {
                throw new IOException("not a two-dimensional NumPy matrix: " + file);
            }
            float[][] matrix = new float[Math.min(rowsMax, Integer.parseInt(shape.group(1)))][Integer
                    .parseInt(
                            shape.group(2))];
            ShortBuffer halves = all.position(10 + header.length).slice().order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer();
            for (float[] row : matrix) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = Float.float16ToFloat(halves.get());
                }
            }
            return matrix;
        }
    }

    /** Points of a 16-dimensional space seen through a random linear map, with some noise. */
    static float[][] lowDimensional(Random random, int rows, int dimension) {
        float[][] map = new float[16][dimension];
        for (float[] line : map) {
            fill(random, line, 1);
        }
        float[][] matrix = new float[rows][dimension];
        float[] inner = new float[map.length];
        for (float[] row : matrix) {
            fill(random, row, 0.1f);
            fill(random, inner, 1);
            for (int j = 0; j < inner.length; j++) {
                for (int i = 0; i < dimension; i++) {
                    row[i] += inner[j] * map[j][i];
                }
            }
        }
        return matrix;
    }

    private static void fill(Random random, float[] target, float scale) {
        for (int i = 0; i < target.length; i++) {
            target[i] = scale * (float) random.nextGaussian();
        }
    }

    static ByteBuffer bytes(float[][] vectors) {
        ByteBuffer bytes = ByteBuffer.allocate(vectors.length * vectors[0].length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (float[] vector : vectors) {
            bytes.asFloatBuffer().put(vector);
            bytes.position(bytes.position() + vector.length * Float.BYTES);
        }
        return bytes.flip();
    }
}

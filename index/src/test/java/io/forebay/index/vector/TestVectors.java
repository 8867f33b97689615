package io.forebay.index.vector;

import io.forebay.model.Space;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Vectors for tests, and the slow and certain way to search them. */
final class TestVectors {

    private TestVectors() {}

    /**
     * Seed of this run: {@code -Dforebay.seed}, else by the clock; printed so that a failure can be repeated.
     */
    static Random random(String test) {
        return random(test, System.nanoTime());
    }

    /** For tests of which some seeds are beyond what the graph can do: those are known, and not found anew by chance. */
    static Random random(String test, long usualSeed) {
        long seed = Long.getLong("forebay.seed", usualSeed);
        System.out.println(test + " seed=" + seed);
        return new Random(seed);
    }

    static float[][] gaussian(Random random, int count, int dimension) {
        float[][] vectors = new float[count][dimension];
        for (float[] vector : vectors) {
            for (int i = 0; i < dimension; i++) {
                vector[i] = (float) random.nextGaussian();
            }
        }
        return vectors;
    }

    /** Points around a few dozen centres, as embeddings are. */
    static float[][] clustered(Random random, int count, int dimension) {
        float[][] centres = gaussian(random, 32, dimension);
        float[][] vectors = gaussian(random, count, dimension);
        for (float[] vector : vectors) {
            float[] centre = centres[random.nextInt(centres.length)];
            for (int i = 0; i < dimension; i++) {
                vector[i] = centre[i] + 0.5f * vector[i];
            }
        }
        return vectors;
    }

    static ByteBuffer bytes(float[]... vectors) {
        ByteBuffer bytes = ByteBuffer
                .allocate(vectors.length == 0 ? 0 : vectors.length * vectors[0].length * 4)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (float[] vector : vectors) {
            for (float value : vector) {
                bytes.putFloat(value);
            }
        }
        return bytes.flip();
    }

    /** Appends with record numbers 1000 + ordinal, and publishes. */
    static VectorView append(VectorSegment segment, float[]... vectors) {
        int first = segment.count();
        segment.append(bytes(vectors),
                IntStream.range(first, first + vectors.length).map(i -> 1000 + i).toArray(),
                vectors.length);
        return segment.publish();
    }

    static void linkAll(VectorSegment segment) {
        int idle = 0;
        while (segment.hasLinkWork() && idle < 1_000_000) {
            idle = segment.link(256) == 0 ? idle + 1 : 0;
        }
    }

    static double distance(Space space, float[] a, float[] b) {
        double dot = ScalarKernels.dot(a, b, a.length);
        return switch (space) {
            case L2 -> ScalarKernels.squaredL2(a, b, a.length);
            case IP -> 1 - dot;
            case COSINE -> {
                double norms = Math.sqrt(ScalarKernels.dot(a, a, a.length)) * Math.sqrt(
                        ScalarKernels.dot(b, b, b.length));
                yield norms == 0 ? 1 : 1 - dot / norms;
            }
        };
    }

    /** Ordinals of the k nearest by double arithmetic, nearest first. */
    static List<Integer> nearest(Space space, float[][] vectors, float[] query, int k,
            IntPredicate candidate) {
        record Scored(int ordinal, double distance) {}
        List<Scored> all = new ArrayList<>();
        for (int ordinal = 0; ordinal < vectors.length; ordinal++) {
            if (candidate.test(ordinal)) {
                all.add(new Scored(ordinal, distance(space, query, vectors[ordinal])));
            }
        }
        all.sort(Comparator.comparingDouble(Scored::distance).thenComparingInt(Scored::ordinal));
        return all.stream().limit(k).map(Scored::ordinal).toList();
    }

    static double recall(List<Integer> expected, Neighbors found) {
        if (expected.isEmpty()) {
            return 1;
        }
        long hits = IntStream.of(found.ordinals()).filter(expected::contains).count();
        return (double) hits / expected.size();
    }

    /** The folder of real data, or null; {@code -Dforebay.data} names it elsewhere. */
    static @Nullable Path dataFolder() {
        List<Path> places = new ArrayList<>();
        String named = System.getProperty("forebay.data");
        if (named != null) {
            places.add(Path.of(named));
        }
        Path root = Path.of(System.getProperty("forebay.root", ".")).toAbsolutePath().normalize();
        for (Path at = root.getParent(),
                end = at == null ? null : at.getParent(); at != null; at = at.getParent()) {
            places.add(at.resolve("shared").resolve("data"));
            if (at.equals(end)) {
                break;
            }
        }
        return places.stream().filter(Files::isDirectory).findFirst().orElse(null);
    }

    /** The first rows of a float16 matrix in NumPy's format 1.0. */
    static float[][] halfMatrix(Path file, int rowsMax) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()).order(
                    ByteOrder.LITTLE_ENDIAN);
            int headerLength = all.getShort(8) & 0xffff;
            byte[] header = new byte[headerLength];
            all.get(10, header);
            String shape = new String(header, java.nio.charset.StandardCharsets.US_ASCII).replaceAll(
                    ".*'shape': \\((\\d+), (\\d+)\\).*\\s*", "$1 $2");
            int rows = Math.min(rowsMax, Integer.parseInt(shape.split(" ")[0]));
            int columns = Integer.parseInt(shape.split(" ")[1]);
            all.position(10 + headerLength);
            float[][] matrix = new float[rows][columns];
            for (float[] row : matrix) {
                for (int i = 0; i < columns; i++) {
                    row[i] = Float.float16ToFloat(all.getShort());
                }
            }
            return matrix;
        }
    }
}

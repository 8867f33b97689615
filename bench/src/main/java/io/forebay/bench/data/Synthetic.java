package io.forebay.bench.data;

import io.forebay.client.dataset.DatasetException;
import io.forebay.model.Space;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Points that lie on a surface of few dimensions in a space of many, as embeddings do: how hard a set is for a graph depends on the
 * former. The same text gives the same points.
 * <pre>
 *   synthetic:dimension=128,intrinsic=12,records=20000,queries=1000,shape=linear,clusters=50,noise=0,seed=1,space=l2
 * </pre>
 * <ul>
 * <li>{@code linear}: Gaussian points of the inner space through a random linear map: a flat
 * <li>{@code smooth}: uniform points of an inner cube through a linear map plus waves in random directions: a curved surface
 * <li>{@code clusters}: Gaussian points around random centres, drawn with a skew so that they differ in size, each cluster in a flat
 * of its own
 * </ul>
 * {@code noise} is the deviation of what is added to each component, as a share of that of the components themselves. Noise has the
 * dimension of the whole space: enough of it, and the intrinsic dimension is no longer what was asked for.
 */
public record Synthetic(int dimension, int intrinsic, int records, int queries, Shape shape, int clusters,
        double noise, long seed, Space space) {
    public static final String PREFIX = "synthetic:";

    /** What the points lie on. */
    public enum Shape {
        LINEAR, SMOOTH, CLUSTERS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Synthetic parse(String text) throws DatasetException {
        Map<String, String> given = new TreeMap<>();
        for (String part : text.substring(PREFIX.length()).split(",")) {
            int equals = part.indexOf('=');
            if (equals < 0 && !part.isBlank()) {
                throw new DatasetException("'" + part + "' of '" + text + "' must be like intrinsic=12");
            }
            if (equals >= 0) {
                given.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
            }
        }
        Fields fields = new Fields(text, given);
        int dimension = fields.whole("dimension", 128, 1, 65_536);
        Synthetic made = new Synthetic(dimension,
                fields.whole("intrinsic", Math.min(12, dimension), 1, dimension),
                fields.whole("records", 20_000, 1, 100_000_000), fields.whole("queries", 1_000, 1, 1_000_000),
                fields.one("shape", Shape.LINEAR, Shape.values()), fields.whole("clusters", 50, 1, 1_000_000),
                fields.fraction("noise"), fields.whole("seed", 1, 0, Integer.MAX_VALUE),
                fields.one("space", Space.L2, Space.values()));
        if (!given.isEmpty()) {
            throw new DatasetException("'" + String.join(", ", given.keySet()) + "' of '" + text
                    + "' means nothing; there are dimension, intrinsic, records, queries, shape, clusters, noise,"
                    + " seed and space");
        }
        return made;
    }

    /** Takes the fields out, one by one. */
    private record Fields(String text, Map<String, String> given) {
        int whole(String name, int usual, int least, int most) throws DatasetException {
            String value = given.remove(name);
            try {
                int number = value == null ? usual : Integer.parseInt(value);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException notOne) {
                // Said below.
            }
            throw new DatasetException(
                    name + " of '" + text + "' must be a whole number from " + least + " to " + most);
        }

        double fraction(String name) throws DatasetException {
            String value = given.remove(name);
            try {
                double number = value == null ? 0 : Double.parseDouble(value);
                if (number >= 0 && number <= 10) {
                    return number;
                }
            } catch (NumberFormatException notOne) {
                // Said below.
            }
            throw new DatasetException(name + " of '" + text + "' must be a number from 0 to 10");
        }

        <E extends Enum<E>> E one(String name, E usual, E[] all) throws DatasetException {
            String value = given.remove(name);
            for (E constant : all) {
                if (value == null || constant.name().equalsIgnoreCase(value)) {
                    return value == null ? usual : constant;
                }
            }
            List<String> names = new ArrayList<>();
            for (E constant : all) {
                names.add(constant.name().toLowerCase(Locale.ROOT));
            }
            throw new DatasetException(
                    name + " of '" + text + "' must be one of " + String.join(", ", names));
        }
    }

    /** What is not the usual is in it; the same text makes the same again. */
    public String name() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("dimension", dimension);
        fields.put("intrinsic", intrinsic);
        fields.put("records", records);
        fields.put("queries", queries);
        fields.put("shape", shape);
        if (shape == Shape.CLUSTERS) {
            fields.put("clusters", clusters);
        }
        fields.put("noise", noise);
        fields.put("seed", seed);
        fields.put("space", space.wireName());
        return PREFIX + String.join(",",
                fields.entrySet().stream().map(field -> field.getKey() + "=" + field.getValue()).toList());
    }

    public VectorData make(long rowsMax) {
        Surface surface = Surface.of(this, new Random(seed));
        Random random = new Random(seed ^ 0x5ee0_0001L);
        List<float[]> asked = new ArrayList<>(queries);
        for (int i = 0; i < queries; i++) {
            asked.add(surface.point(random));
        }
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < Math.min(records, rowsMax); i++) {
            rows.add(surface.point(random));
        }
        return new VectorData(name(), space, records, rows, asked, null, List.of(
                FileHash.of("generated-records", rows), FileHash.of("generated-queries", asked)));
    }
}

package io.forebay.etl.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.model.ForebayException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for every format: reading can begin anywhere, and damage ends in what is promised and in nothing else. */
@Tag("fuzz")
class FormatsPropertyTest {
    private static final FormatOptions OPTIONS = new FormatOptions(null, "embedding", 300, 200);

    @TempDir
    Path folder;

    private final Random random = random();

    private static Random random() {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.out.println("seed " + seed + " (repeat with -Dforebay.seed=" + seed + ")");
        return new Random(seed);
    }

    /** Files with good and bad documents by their names. */
    private Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        byte[] lines = text("", "\n", "");
        files.put("a.jsonl", lines);
        files.put("a.json", text("[", ",\n", "]"));
        files.put("a.csv", csv(','));
        files.put("a.tsv", csv('\t'));
        files.put("a.xlsx", XlsxFormatTest.workbook(1 + random.nextInt(20)));
        files.put("a.parquet", ParquetFormatTest.resource("snappy.parquet"));
        files.put("b.parquet", ParquetFormatTest.resource("encodings.parquet"));
        files.put("a.jsonl.gz", Reading.gzip(lines));
        files.put("a.jsonl.zst", Reading.zstd(lines));
        files.put("a.npy", VectorFormatsTest.npy(1, "<f4", "(40, 3)", vectors()));
        files.put("a.fvecs", VectorFormatsTest.fvecs(vectors()));
        return files;
    }

    private float[][] vectors() {
        float[][] rows = new float[40][3];
        for (float[] row : rows) {
            row[0] = random.nextFloat();
            row[1] = random.nextInt(10) == 0 ? Float.NaN : 1;
        }
        return rows;
    }

    private byte[] text(String before, String between, String behind) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Reading.utf8(before));
        for (int i = 0; i < 40; i++) {
            out.writeBytes(Reading.utf8(i == 0 ? "" : between));
            out.writeBytes(switch (random.nextInt(8)) {
                case 0 -> Reading.utf8("{\"a\":[1,{\"b\" }]}");
                case 1 -> Reading.utf8("{\"long\":\"" + "y".repeat(random.nextInt(600)) + "\"}");
                case 2 -> new byte[]{'{', '"', (byte) 0xe9, '"', ':', '1', '}'};
                case 3 -> Reading
                        .utf8("{\"embedding\":[1," + random.nextFloat() + ",1e" + random.nextInt(45) + "]}");
                default -> Reading.utf8(
                        "{\"id\":" + i + ",\"text\":\"\u00fc\\n\\\"" + i + "\",\"n\":{\"x\":[true,null]}}");
            });
        }
        out.writeBytes(Reading.utf8(behind));
        return out.toByteArray();
    }

    private byte[] csv(char separator) {
        StringBuilder text = new StringBuilder("id,text,embedding\n".replace(',', separator));
        for (int i = 0; i < 40; i++) {
            text.append(switch (random.nextInt(8)) {
                case 0 -> "a" + separator + "b";
                case 1 -> "a" + separator + "\"" + "z\n".repeat(random.nextInt(300)) + "\"" + separator;
                case 2 -> "\"a\"b" + separator + separator;
                case 3 -> "\r\n\r\n";
                default -> i + (separator + "\"t,\t\"\"\r\n\u20ac\"" + separator) + "\"[1, 2,"
                        + random.nextInt() + "]\"";
            }).append(random.nextBoolean() ? "\n" : "\r\n");
        }
        return Reading.utf8(text.toString());
    }

    private Path side() throws IOException {
        return Reading.write(folder, "side.jsonl", text("", "\n", ""));
    }

    private static boolean isVectors(String name) {
        return name.endsWith("npy") || name.endsWith("fvecs");
    }

    @Test
    void readingMayBeginAtAnyItem() throws Exception {
        for (Map.Entry<String, byte[]> entry : files().entrySet()) {
            Path file = Reading.write(folder, entry.getKey(), entry.getValue());
            Path side = isVectors(entry.getKey()) ? side() : null;
            List<SourceItem> items = Reading.all(file, side, OPTIONS, 0);
            assertThat(items).as(entry.getKey()).isNotEmpty();
            for (int i = 0; i < items.size(); i++) {
                assertThat(items.get(i).ordinal()).isEqualTo(i);
            }
            for (int round = 0; round < 10; round++) {
                int skip = random.nextInt(items.size() + 2);
                assertThat(Reading.all(file, side, OPTIONS, skip)).as(entry.getKey() + " from " + skip)
                        .usingRecursiveComparison()
                        .isEqualTo(items.subList(Math.min(skip, items.size()), items.size()));
            }
        }
    }

    @Test
    void damageEndsInItemsOrInWhatIsPromised() throws Exception {
        Map<String, byte[]> files = files();
        Path side = side();
        for (Map.Entry<String, byte[]> entry : files.entrySet()) {
            int rounds = Integer.getInteger("forebay.rounds", 40);
            for (int round = 0; round < rounds; round++) {
                byte[] damaged = damage(entry.getValue());
                Path file = Reading.write(folder, entry.getKey(), damaged);
                try {
                    read(file, isVectors(entry.getKey()) ? side : null);
                } catch (UnreadableFileException | ForebayException e) {
                    assertThat(e.getMessage()).isNotBlank();
                } catch (RuntimeException | Error e) {
                    Path kept = Files.write(
                            Path.of(System.getProperty("java.io.tmpdir"), "damaged-" + entry.getKey()),
                            damaged);
                    throw new AssertionError("round " + round + ", see " + kept, e);
                }
            }
        }
    }

    private static void read(Path file, Path side) throws IOException {
        try (DocumentSource source = Reading.open(file, side, OPTIONS, 0)) {
            long ordinal = 0;
            for (SourceItem item = source.next(); item != null; item = source.next()) {
                assertThat(item.ordinal()).isEqualTo(ordinal++);
                assertThat(ordinal).isLessThan(100_000);
            }
        }
    }

    private byte[] damage(byte[] good) {
        byte[] damaged = good.clone();
        if (random.nextInt(4) == 0) {
            damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
        }
        for (int flips = random.nextInt(8); flips > 0 && damaged.length > 0; flips--) {
            int at = random.nextInt(damaged.length);
            damaged[at] = random.nextBoolean()
                    ? (byte) random.nextInt()
                    : (byte) (damaged[at] ^ 1 << random.nextInt(8));
        }
        return damaged;
    }
}

package io.forebay.etl.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class WordPieceTest {
    private static final int ANY = 1 << 20;
    /** Of the numbers, as big-endian ints, that the reference makes of the whole sample. */
    private static final int SAMPLE_CRC = 0x42d5cb53;

    private final WordPiece tokenizer = read();

    private static WordPiece read() {
        try (InputStream in = WordPieceTest.class.getResourceAsStream("/all-minilm-l6-v2-q-tokenizer.json")) {
            return WordPiece.read(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void oddTextsBecomeWhatTheReferenceMakesOfThem() throws IOException {
        List<String> lines;
        try (InputStream in = WordPieceTest.class.getResourceAsStream("wordpiece.txt")) {
            lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines()
                    .filter(line -> !line.startsWith("# ")).toList();
        }
        assertThat(lines).hasSize(259);
        for (String line : lines) {
            int tab = line.lastIndexOf('\t');
            int[] wanted = Arrays.stream(line.substring(tab + 1).split(" ")).mapToInt(Integer::parseInt)
                    .toArray();
            assertThat(tokenizer.encode(unescape(line.substring(0, tab)), ANY)).as(line).isEqualTo(wanted);
        }
    }

    private static String unescape(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                plain.append((char) Integer.parseInt(text.substring(i + 2, i + 6), 16));
                i += 5;
            } else {
                plain.append(text.charAt(i));
            }
        }
        return plain.toString();
    }

    @Test
    void allRealTextsBecomeWhatTheReferenceMakesOfThem() throws IOException {
        CRC32C crc = new CRC32C();
        for (String text : Sample.texts()) {
            int[] tokens = tokenizer.encode(text, ANY);
            ByteBuffer bytes = ByteBuffer.allocate(tokens.length * Integer.BYTES);
            bytes.asIntBuffer().put(tokens);
            crc.update(bytes.array());
        }
        assertThat((int) crc.getValue()).isEqualTo(SAMPLE_CRC);
    }

    @Test
    void aLongTextIsCutAndStillHasItsEnd() throws IOException {
        int cut = 0;
        for (String text : Sample.texts().subList(0, 1000)) {
            int[] all = tokenizer.encode(text, ANY);
            for (int max : new int[]{3, 17, 128}) {
                int[] some = tokenizer.encode(text, max);
                if (all.length <= max) {
                    assertThat(some).isEqualTo(all);
                } else {
                    cut++;
                    int[] wanted = Arrays.copyOf(all, max);
                    wanted[max - 1] = all[all.length - 1];
                    assertThat(some).isEqualTo(wanted);
                }
            }
        }
        assertThat(cut).isPositive();
    }

    @Test
    void theTimeIsLinearHoweverLongTheText() {
        int many = 3_000_000;
        assertTimeoutPreemptively(Duration.ofSeconds(90), () -> {
            assertThat(tokenizer.encode("[".repeat(many), 256)).hasSize(256);
            assertThat(tokenizer.encode("\u00e9".repeat(many), 256)).hasSize(3);
            assertThat(tokenizer.encode("\u00e9 ".repeat(many), 256)).hasSize(256);
            assertThat(tokenizer.encode("e" + "\u0301\u0323".repeat(many / 2), 256))
                    .isEqualTo(tokenizer.encode("e", 256));
        });
    }

    @Test
    void piecesThatAreNormalisedByThemselvesBecomeWhatTheWholeBecomes() {
        Random random = new Random(seed());
        String[] some = {"a", "É", "e\u0301", "e\u0323\u0301", "각", "\u1100\u1161", "漢", "क\u094d", "ൌ",
                "\u302e\u302f", "\ud83d\ude00", "\ud835\udc9c", "\u200d", " ", "\t", "-", "7", "Ω", "ﬁ"};
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder();
            while (text.length() < 5000) {
                text.append(some[random.nextInt(some.length)]);
            }
            List<String> words = new ArrayList<>();
            BertWords.split(text.toString(), words::add);
            // Padding moves the places where the pieces end.
            List<String> moved = new ArrayList<>();
            BertWords.split(" ".repeat(1 + random.nextInt(1000)) + text, moved::add);
            assertThat(moved).isEqualTo(words);
        }
    }

    private static long seed() {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.err.println("seed=" + seed + " (repeat with -Dforebay.seed=" + seed + ")");
        return seed;
    }

    @Test
    void aFileWithoutAVocabularyIsRefused() {
        byte[] json = "{\"version\":\"1.0\",\"model\":{\"type\":\"WordPiece\"}}"
                .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> WordPiece.read(new ByteArrayInputStream(json)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("vocab");
    }
}

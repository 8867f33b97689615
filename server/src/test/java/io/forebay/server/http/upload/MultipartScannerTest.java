package io.forebay.server.http.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fuzz")
class MultipartScannerTest {
    private static final String TYPE = "multipart/form-data; boundary=xx-yz";

    /** What was told, a line for each part. */
    private static final class Told implements MultipartScanner.Parts {
        private final List<String> parts = new ArrayList<>();
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private String head;

        @Override
        public void begin(PartHead begun) {
            assertThat(head).as("the part before has ended").isNull();
            head = begun.name() + "|" + begun.fileName() + "|";
            content.reset();
        }

        @Override
        public void data(ByteBuffer bytes) {
            assertThat(bytes.hasRemaining()).isTrue();
            while (bytes.hasRemaining()) {
                content.write(bytes.get());
            }
        }

        @Override
        public void end() {
            parts.add(head + content.toString(StandardCharsets.ISO_8859_1));
            head = null;
        }
    }

    private static String head(String parameters) {
        return "Content-Disposition: form-data; " + parameters + "\r\n\r\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<String> scan(byte[] body, int... cuts) throws IOException {
        Told told = new Told();
        MultipartScanner scanner = MultipartScanner.of(TYPE, told);
        int from = 0;
        for (int cut : cuts) {
            scanner.scan(ByteBuffer.wrap(body, from, cut - from));
            from = cut;
        }
        scanner.scan(ByteBuffer.wrap(body, from, body.length - from));
        scanner.finish();
        return told.parts;
    }

    private static List<String> scan(String body) throws IOException {
        return scan(bytes(body));
    }

    @Test
    void manyHeadsOfManyLinesAreReadInLinearTime() throws IOException {
        String head = "Content-Disposition: form-data; name=a\r\n" + "\n".repeat(16_000) + "\r\n\r\n";
        byte[] body = bytes(("--xx-yz\r\n" + head + "x\r\n").repeat(500) + "--xx-yz--\r\n");
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertThat(scan(body)).hasSize(500));
    }

    /** With text before and behind, padding, content that looks like boundaries, and an empty part. */
    private static final String HARD = "before\r\n--xx-y\r\n--xx-yz \t\r\n" + head("name=\"a\"")
            + "\r\n--xx-y\r\r\n\r\n--xx-\n--xx-yz\r\n-\r\n--xx-yz\r\n"
            + head("name=\"f\"; filename=\"x.csv\"")
            + "\r\n--xx-yz\r\nContent-Type: text/plain\r\n" + head("name=b")
            + "\r\n\r\n\r\n--xx-yz--\r\nafter"
            + "\r\n--xx-yz\r\n";
    private static final List<String> HARD_PARTS = List.of(
            "a|null|\r\n--xx-y\r\r\n\r\n--xx-\n--xx-yz\r\n-", "f|x.csv|", "b|null|\r\n\r\n");

    @Test
    void aBodyMayBeCutAnywhere() throws IOException {
        byte[] body = bytes(HARD);
        assertThat(scan(body)).isEqualTo(HARD_PARTS);
        for (int first = 0; first <= body.length; first++) {
            assertThat(scan(body, first)).as("cut at " + first).isEqualTo(HARD_PARTS);
            for (int second = first; second <= body.length; second++) {
                assertThat(scan(body, first, second)).as("cut at %d and %d", first, second)
                        .isEqualTo(HARD_PARTS);
            }
        }
        int[] everywhere = new int[body.length];
        for (int i = 0; i < body.length; i++) {
            everywhere[i] = i;
        }
        assertThat(scan(body, everywhere)).isEqualTo(HARD_PARTS);
    }

    @Test
    void theFirstBoundaryMayBeginTheBody() throws IOException {
        assertThat(scan("--xx-yz\r\n" + head("name=a") + "1\r\n--xx-yz--")).containsExactly("a|null|1");
        assertThat(scan("--xx-yz--")).isEmpty();
    }

    @Test
    void whatIsInAPartComesOutAsItWentIn() throws IOException {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.err.println("MultipartScannerTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder content = new StringBuilder();
            String alphabet = "\r\n-xyz\r\n--xx-y";
            for (int i = random.nextInt(60); i > 0; i--) {
                content.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String text = content.toString();
            if (("\r\n" + text).contains("\r\n--xx-yz")) {
                continue;
            }
            byte[] body = bytes("--xx-yz\r\n" + head("name=a") + text + "\r\n--xx-yz--");
            int cut = random.nextInt(body.length + 1);
            assertThat(scan(body, cut, cut + random.nextInt(body.length + 1 - cut)))
                    .containsExactly("a|null|" + text);
        }
    }

    @Test
    void anyBytesAreTakenApartOrRefused() throws IOException {
        long seed = Long.getLong("forebay.seed", System.nanoTime());
        System.err.println("MultipartScannerTest seed " + seed);
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 5_000; round++) {
            byte[] body = bytes(HARD);
            for (int i = random.nextInt(6); i >= 0; i--) {
                body[random.nextInt(body.length)] = (byte) "\r\n-x;\"=%\\ \u00e9".charAt(random.nextInt(11));
            }
            try {
                scan(body, random.nextInt(body.length));
            } catch (ForebayException e) {
                assertThat(e.code()).isIn(ErrorCode.INVALID_ARGUMENT, ErrorCode.UNPROCESSABLE);
                refused++;
            }
        }
        assertThat(refused).isBetween(100, 4_900);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no boundary at all", "--xx-yz\r\nContent-Disposition: form-data; name=a\r\n",
            "--xx-yz\r\nContent-Disposition: form-data; name=a\r\n\r\nnever ends\r\n--xx-y",
            "--xx-yzz\r\n", "--xx-yz-\r\n", "--xx-yz\rX", "--xx-yz\r\n\r\nno head\r\n--xx-yz--",
            "--xx-yz\r\nContent-Disposition: form-data; filename=x\r\n\r\n\r\n--xx-yz--",
            "--xx-yz\r\nContent-Disposition: form-data; name=\"open\r\n\r\n\r\n--xx-yz--",
            "--xx-yz\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n\r\n--xx-yz--"})
    void whatIsMalformedIsRefused(String body) {
        assertThatThrownBy(() -> scan(body)).isInstanceOfSatisfying(ForebayException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void theHeadOfAPartIsBounded() {
        String body = "--xx-yz\r\nX: " + "x".repeat(17 << 10);
        assertThatThrownBy(() -> scan(body)).hasMessageContaining("16384 bytes");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', value = {"filename=\"a b.csv\" # a b.csv", "filename=plain.csv # plain.csv",
            "filename=\"../../etc/passwd\" # passwd", "filename=\"C:\\data\\x.csv\" # x.csv",
            "filename=\"/abs/x.csv\" # x.csv", "filename=\"..\" # ..",
            "filename=\"a\\\"b;c=d.csv\" # a\"b;c=d.csv",
            "filename=\"q%22.csv\" # q\".csv",
            "filename=\"a.csv\"; filename*=UTF-8''na%C3%AFve.csv # na\u00efve.csv",
            "filename*=utf-8'en'100%25+.csv # 100%+.csv", "FileName = \"odd.csv\" # odd.csv"})
    void aFileNameIsWhatIsBehindItsFolders(String parameters, String name) throws IOException {
        assertThat(scan("--xx-yz\r\n" + head("name=file; " + parameters.strip()) + "1\r\n--xx-yz--"))
                .containsExactly("file|" + name.strip() + "|1");
    }

    @Test
    void namesAreUtf8OrBytes() throws IOException {
        String utf8 = new String("\u017c\u00f3\u0142w \u6f22.jsonl".getBytes(StandardCharsets.UTF_8),
                StandardCharsets.ISO_8859_1);
        assertThat(scan("--xx-yz\r\n" + head("name=file; filename=\"" + utf8 + "\"") + "\r\n--xx-yz--"))
                .containsExactly("file|\u017c\u00f3\u0142w \u6f22.jsonl|");
        assertThat(scan("--xx-yz\r\n" + head("name=file; filename=\"caf\u00e9.csv\"") + "\r\n--xx-yz--"))
                .containsExactly("file|caf\u00e9.csv|");
        assertThat(scan("--xx-yz\r\n" + head("name=file; filename=\"\"") + "\r\n--xx-yz--"))
                .containsExactly("file||");
    }

    @Test
    void anEncodingThatNobodyUsesIsRefused() {
        assertThatThrownBy(() -> scan("--xx-yz\r\nContent-Transfer-Encoding: base64\r\n" + head("name=a")
                + "eA==\r\n--xx-yz--")).hasMessageContaining("base64 is not supported");
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; x",
            "multipart/form-data; boundary=\"open", "multipart/form-data; boundary=a; boundary=b",
            "multipart/form-data; boundary=\"a\rb\""})
    void aTypeWithoutABoundaryIsRefused(String type) {
        assertThat(MultipartScanner.isMultipart(type)).isTrue();
        assertThatThrownBy(() -> MultipartScanner.of(type, new Told())).isInstanceOfSatisfying(
                ForebayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void aBoundaryMayBeQuoted() throws IOException {
        Told told = new Told();
        MultipartScanner scanner = MultipartScanner.of("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"",
                told);
        scanner.scan(ByteBuffer.wrap(bytes("--a b\r\n" + head("name=n") + "v\r\n--a b--")));
        scanner.finish();
        assertThat(told.parts).containsExactly("n|null|v");
        assertThat(MultipartScanner.isMultipart("application/json")).isFalse();
        assertThat(MultipartScanner.isMultipart(null)).isFalse();
    }
}

package io.forebay.server.http.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import io.forebay.model.Hit;
import io.forebay.model.Include;
import io.forebay.model.Operation;
import io.forebay.model.RecordBatch;
import io.forebay.model.StoredRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The decoders by themselves: exact floats, no garbage per number, messages with their places. */
@Tag("fuzz")
class DecodersTest {
    private static final long SEED = Long.getLong("forebay.seed", 7);

    private static RecordBatch batch(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return Json.decode(bytes, bytes.length, in -> BatchDecoder.decode(in, Operation.ADD));
    }

    private static float[] embedding(RecordBatch batch, int record) {
        float[] values = new float[batch.dimension()];
        batch.copyEmbedding(record, values);
        return values;
    }

    private static float[] random(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = switch (random.nextInt(4)) {
                case 0 -> (float) random.nextGaussian();
                case 1 -> Float.intBitsToFloat(random.nextInt() & 0xff7fffff);
                case 2 -> random.nextInt(1000);
                default -> random.nextFloat() * 1e-3f;
            };
            values[i] = Float.isFinite(values[i]) ? values[i] : 0.1f;
        }
        return values;
    }

    private static String base64(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    @Test
    void floatsComeOutAsTheyWentIn() {
        Random random = new Random(SEED);
        for (int round = 0; round < 50; round++) {
            float[] a = random(random, 33);
            float[] b = random(random, 33);
            StringBuilder numbers = new StringBuilder("{\"embeddings\":[[");
            for (float[] one : List.of(a, b)) {
                for (int i = 0; i < one.length; i++) {
                    // Half of them as Python writes them: the double of the float, with all its digits.
                    numbers.append(i % 2 == 0 ? Float.toString(one[i]) : Double.toString(one[i])).append(',');
                }
                numbers.setLength(numbers.length() - 1);
                numbers.append("],[");
            }
            numbers.setLength(numbers.length() - 2);
            RecordBatch read = batch(numbers + "],\"ids\":[\"a\",\"b\"]}");
            assertThat(embedding(read, 0)).as("seed " + SEED).isEqualTo(a);
            assertThat(embedding(read, 1)).as("seed " + SEED).isEqualTo(b);
        }
    }

    @Test
    void base64ComesOutAsItWentInWhateverItsSurroundings() {
        Random random = new Random(SEED);
        for (int round = 0; round < 50; round++) {
            float[] a = random(random, 1 + random.nextInt(40));
            String plain = base64(a);
            String escaped = plain.replace("/", "\\/");
            String unicode = "\\u00" + Integer.toHexString(plain.charAt(0)) + plain.substring(1);
            RecordBatch read = batch("{\"é\":\"ü\", \"embeddings\" : [ \"" + plain + "\" ,\n\t\"" + escaped
                    + "\",\"" + plain + "\",\"" + unicode + "\",\"" + plain
                    + "\"], \"ids\":[\"1\",\"2\",\"3\",\"4\",\"5\"]}");
            for (int i = 0; i < 5; i++) {
                assertThat(embedding(read, i)).as("seed " + SEED + " record " + i).isEqualTo(a);
            }
        }
    }

    @Test
    void errorsNameTheirPlace() {
        assertThatThrownBy(() -> batch("{\"ids\":[\"a\"],\n\"embeddings\":[[1,2],[3,true]]}"))
                .isInstanceOfSatisfying(ForebayException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNPROCESSABLE))
                .hasMessage(
                        "Failed to deserialize the JSON body into the target type: embeddings[1][1]: invalid"
                                + " type: boolean `true`, expected f32 at line 2 column 27");
        assertThatThrownBy(() -> batch("{\"ids\":[\"a\"],\"metadatas\":[{\"k\":{\"n\":[]}}]}"))
                .hasMessageContaining("metadatas[0].k: data did not match any variant of untagged enum");
        assertThatThrownBy(() -> batch("{\"ids\":[\"a\"],\n  nope}"))
                .isInstanceOfSatisfying(ForebayException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageStartingWith("Failed to parse the request body as JSON: ")
                .hasMessageContaining("at line 2 column ");
    }

    @Test
    void nestingIsBounded() {
        String deep = "[".repeat(100_000);
        assertThatThrownBy(() -> batch("{\"x\":" + deep)).isInstanceOf(ForebayException.class)
                .hasMessageStartingWith("Failed to parse the request body as JSON: ");
        String clause = "{\"$and\":[".repeat(60) + "{\"a\":1}" + "]}".repeat(60);
        byte[] body = ("{\"where\":" + clause + "}").getBytes(StandardCharsets.UTF_8);
        assertThat(Json.decode(body, body.length, ReadDecoder::get).request().where()).isNotNull();
    }

    @Test
    void floatsAreWrittenInTheirShortestForm() throws IOException {
        StoredRecord record = new StoredRecord("a", new float[]{0.1f, 1, -0.0f, 1e-5f, 1.0E10f}, null, null,
                null);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Json.encode(out, json -> RecordsEncoder.query(json,
                List.of(List.of(new Hit(record, 0.051316738f), new Hit(record, Float.NaN))),
                List.of(Include.EMBEDDINGS, Include.DISTANCES)));
        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(text).contains("[0.1,1.0,-0.0,0.00001,10000000000.0]")
                .contains("\"distances\":[[0.051316738,null]]")
                .endsWith("\"include\":[\"embeddings\",\"distances\"]}");
    }
}

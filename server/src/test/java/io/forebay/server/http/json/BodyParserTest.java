package io.forebay.server.http.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whether we read numbers from the bytes or Jackson reads them by tokens makes no difference: the same floats, and for
 * what is wrong the same words at the same line and column.
 */
class BodyParserTest {
    private static final long SEED = Long.getLong("forebay.seed", System.nanoTime());
    private static final String[] SPACES = {"", "", "", " ", "\n", "\r\n", "\t", "\n\n  ", "\r", " \r \n"};
    private static final String ODD = "]}[{,:\"-+.eE019 \n\rx\u00e9\\tnull";

    private final Random random = new Random(SEED);

    private String space() {
        return SPACES[random.nextInt(random.nextInt(4) == 0 ? SPACES.length : 3)];
    }

    private String number() {
        return switch (random.nextInt(8)) {
            case 0 -> Integer.toString(random.nextInt(2000) - 1000);
            case 1 -> Double.toString(random.nextGaussian());
            case 2 -> Float.toString(Float.intBitsToFloat(random.nextInt() & 0xBFFF_FFFF));
            case 3 -> "-0";
            case 4 -> random.nextInt(40) == 0 ? "null" : "1E" + random.nextInt(30);
            default -> Float.toString((float) random.nextGaussian());
        };
    }

    private String body() {
        StringBuilder text = new StringBuilder(
                "{" + space() + "\"query_embeddings\"" + space() + ":" + space() + "[");
        int vectors = 1 + random.nextInt(3);
        int dimension = random.nextInt(6);
        for (int i = 0; i < vectors; i++) {
            text.append(i == 0 ? "" : ",").append(space()).append('[').append(space());
            for (int j = 0; j < dimension; j++) {
                text.append(j == 0 ? "" : "," + space()).append(number()).append(space());
            }
            text.append(']').append(space());
        }
        text.append(']').append(space()).append(random.nextBoolean() ? "}" : ", nope}");
        while (random.nextBoolean()) {
            int at = random.nextInt(text.length());
            if (random.nextBoolean()) {
                text.setLength(at);
            } else {
                text.setCharAt(at, ODD.charAt(random.nextInt(ODD.length())));
            }
            if (text.isEmpty()) {
                return body();
            }
        }
        return text.toString();
    }

    private static String ours(byte[] body) {
        try {
            List<String> read = new ArrayList<>();
            Json.decode(body, body.length, in -> {
                in.object("struct", name -> {
                    if (!name.equals("query_embeddings") || in.token() != JsonToken.START_ARRAY) {
                        return false;
                    }
                    in.array("a sequence", () -> {
                        if (in.token() != JsonToken.START_ARRAY) {
                            throw in.wrongType("a sequence");
                        }
                        int count = in.floats();
                        for (int i = 0; i < count; i++) {
                            read.add(Float.toString(in.parser().floats()[i]));
                        }
                    });
                    return true;
                });
                return read;
            });
            return read.toString();
        } catch (ForebayException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** The same with the token's way alone; what it cannot tell (a shape) is null. */
    private static String tokens(byte[] body) throws IOException {
        List<String> read = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().disable(JsonFactory.Feature.CHARSET_DETECTION)
                .createParser(body)) {
            int depth = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (token.isNumeric() && depth == 3) {
                    float value = parser.getFloatValue();
                    read.add(Float.toString(value == 0 && parser.getText().startsWith("-") ? -0.0f : value));
                }
            }
            return read.toString();
        } catch (JsonProcessingException e) {
            return String.valueOf(Json.malformed(e, body, body.length).getMessage());
        }
    }

    @Test
    void theFloatsAndTheMessagesAreThoseOfJackson() throws IOException {
        int compared = 0;
        int refused = 0;
        for (int i = 0; i < 60_000; i++) {
            String text = body();
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            String ours = ours(body);
            if (!text.startsWith("{") || ours.contains("target type") || ours.contains("trailing characters")
                    || !text.contains("\"query_embeddings\"")) {
                continue; // what the decoder says of the shape is not Jackson's
            }
            compared++;
            refused += ours.startsWith("Failed") ? 1 : 0;
            assertThat(ours).as("seed " + SEED + ": " + text).isEqualTo(tokens(body));
            // Both parsers and what tells the error agree on what is JSON.
            assertThat(JsonSyntax.error(body, body.length) != null).as("seed " + SEED + ": " + text)
                    .isEqualTo(ours.startsWith("Failed"));
        }
        assertThat(compared).isGreaterThan(30_000);
        assertThat(refused).isBetween(9_000, compared - 9_000);
    }
}

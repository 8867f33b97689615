package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.forebay.model.ForebayException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The one place where parsers and generators are made, and where a body that does not parse becomes its answer.
 *
 * <p>Threads: safe for any number.
 */
public final class Json {
    /** As deep as Chroma's parser goes. */
    static final int NESTING_MAX = 128;
    private static final String PARSE_FAILED = "Failed to parse the request body as JSON: ";

    private static final BodyFactory FACTORY = new BodyFactory(new JsonFactoryBuilder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            // Bodies are UTF-8; guessing UTF-16 from zero bytes would only hide a broken client.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(NESTING_MAX)
                    // The size of the body bounds these already.
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build()));

    private Json() {}

    /** Reads one value; on entry and on exit the current token is the first and the last of it. */
    @FunctionalInterface
    public interface Decoder<T> {
        T decode(JsonIn in) throws IOException;
    }

    /** Writes one value. */
    @FunctionalInterface
    public interface Encoder {
        void encode(JsonGenerator out) throws IOException;
    }

    /**
     * Decodes a whole body.
     *
     * @throws ForebayException INVALID_ARGUMENT when it is not JSON, UNPROCESSABLE when it is not of the shape that
     *         the decoder wants
     */
    public static <T> T decode(byte[] body, int length, Decoder<T> decoder) {
        try (BodyParser parser = FACTORY.parser(body, length)) {
            JsonIn in = new JsonIn(parser);
            if (in.next() == null) {
                throw ForebayException.invalid(PARSE_FAILED + JsonSyntax.error(body, length));
            }
            T value = decoder.decode(in);
            if (in.next() != null) {
                throw syntaxError("trailing characters", parser.currentTokenLocation());
            }
            return value;
        } catch (JsonProcessingException e) {
            throw malformed(e, body, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Decodes JSON of our own keeping, such as a schema that was checked when it came in. */
    static @Nullable Object tree(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return decode(bytes, bytes.length, in -> new Object[]{JsonTree.read(in)})[0];
    }

    public static void encode(OutputStream out, Encoder encoder) throws IOException {
        try (BodyGenerator generator = FACTORY.generator(out)) {
            encoder.encode(generator);
        }
    }

    /** As {@link #encode}, for JSON that is kept. */
    public static String text(Encoder encoder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        encode(bytes, encoder);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** In the shortest form that reads back as the same float; what JSON has no number for is null. */
    static void writeFloat(JsonGenerator out, float value) throws IOException {
        ours(out).writeFloat(value);
    }

    /** An array of such floats, or null. */
    static void writeFloats(JsonGenerator out, float @Nullable [] values) throws IOException {
        ours(out).writeFloats(values);
    }

    private static BodyGenerator ours(JsonGenerator out) {
        if (out instanceof BodyGenerator made) {
            return made;
        }
        throw new IllegalArgumentException(out.getClass() + " was not made here");
    }

    /** The value at the current token as text, without white space, numbers as they were written. */
    static String copy(JsonIn in) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            generator.copyCurrentStructure(in.parser());
        }
        return text.toString();
    }

    static ForebayException syntaxError(String reason, @Nullable JsonLocation location) {
        return ForebayException.invalid(PARSE_FAILED + reason + at(location));
    }

    /** Of the last byte that was read; a location names the one behind it. */
    static String behind(JsonLocation location) {
        return " at line " + location.getLineNr() + " column " + Math.max(0, location.getColumnNr() - 1);
    }

    static String at(@Nullable JsonLocation location) {
        return location == null
                ? ""
                : " at line " + location.getLineNr() + " column " + location.getColumnNr();
    }

    /** In Chroma's words; what only our parser minds (such as bytes that are not UTF-8) in its own, without the source. */
    static ForebayException malformed(JsonProcessingException e, byte[] body, int length) {
        String error = JsonSyntax.error(body, length);
        if (error != null) {
            return ForebayException.invalid(PARSE_FAILED + error);
        }
        String own = e.getOriginalMessage();
        String told = own.contains("UTF-8")
                ? "invalid unicode code point"
                : own.split("[\n(\\[]", 2)[0].strip();
        return syntaxError(told, e.getLocation());
    }
}

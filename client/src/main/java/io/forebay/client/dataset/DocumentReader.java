package io.forebay.client.dataset;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.forebay.model.MetadataValue;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads documents from lines of JSON, gzipped when the name ends in {@code .gz}. Strings, numbers and
 * booleans besides {@code id} and {@code text} become metadata; nulls are left out; anything else is an
 * error.
 *
 * <p>Not thread-safe.
 */
public final class DocumentReader implements AutoCloseable {
    private static final int LINE_BYTES_MAX = 64 << 20;
    private static final JsonFactory JSON = new JsonFactory();

    private final Path file;
    private final InputStream in;
    private byte[] line = new byte[1 << 12];
    private long lineNumber;

    private DocumentReader(Path file, InputStream in) {
        this.file = file;
        this.in = in;
    }

    public static DocumentReader open(Path file) throws IOException {
        InputStream raw = Files.newInputStream(file);
        try {
            boolean zipped = file.getFileName().toString().endsWith(".gz");
            return new DocumentReader(file,
                    new BufferedInputStream(zipped ? new GZIPInputStream(raw, 1 << 16) : raw, 1 << 16));
        } catch (ZipException | EOFException e) {
            raw.close();
            throw DatasetException.atOffset(file, 0, "not a gzip file");
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    public Path file() {
        return file;
    }

    /** The next document, or null at the end. Empty lines are passed over. */
    public @Nullable Document next() throws IOException {
        String text = nextLine();
        return text == null ? null : parse(text);
    }

    /** The next line that is not empty, as it is; null at the end. */
    @Nullable
    String nextLine() throws IOException {
        for (int length = readLine(); length >= 0; length = readLine()) {
            if (length > 0) {
                return decode(length);
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    Document parse(String text) throws IOException {
        String id = null;
        String body = null;
        Map<String, MetadataValue> metadata = new LinkedHashMap<>();
        try (JsonParser json = JSON.createParser(text)) {
            check(json.nextToken() == JsonToken.START_OBJECT, "not a JSON object");
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                MetadataValue value = value(name, json);
                if (name.equals("id")) {
                    id = string(name, value);
                } else if (name.equals("text")) {
                    body = string(name, value);
                } else if (value != null) {
                    metadata.put(name, value);
                }
            }
            check(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null,
                    "goes on after its JSON object");
        } catch (JsonProcessingException e) {
            throw DatasetException.atLine(file, lineNumber, "not JSON: " + e.getOriginalMessage());
        }
        if (id == null || id.isEmpty() || body == null) {
            throw DatasetException.atLine(file, lineNumber, "needs an id and a text");
        }
        return new Document(id, body, metadata);
    }

    private @Nullable MetadataValue value(String name, JsonParser json) throws IOException {
        switch (json.nextToken()) {
            case VALUE_STRING :
                return MetadataValue.of(json.getText());
            case VALUE_NUMBER_INT :
                return MetadataValue.of(json.getLongValue());
            case VALUE_NUMBER_FLOAT :
                return MetadataValue.of(json.getDoubleValue());
            case VALUE_TRUE, VALUE_FALSE :
                return MetadataValue.of(json.getBooleanValue());
            case VALUE_NULL :
                return null;
            default :
                throw DatasetException.atLine(file, lineNumber, "field '" + name + "' is not a scalar");
        }
    }

    private String string(String name, @Nullable MetadataValue value) throws IOException {
        if (value instanceof MetadataValue.Str text) {
            return text.value();
        }
        throw DatasetException.atLine(file, lineNumber, "field '" + name + "' is not a string");
    }

    private void check(boolean ok, String what) throws IOException {
        if (!ok) {
            throw DatasetException.atLine(file, lineNumber, what);
        }
    }

    /** Fills {@link #line} and answers its length, -1 at the end. */
    private int readLine() throws IOException {
        int length = 0;
        lineNumber++;
        try {
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    return length == 0 ? -1 : length;
                }
                check(length < LINE_BYTES_MAX, "longer than " + LINE_BYTES_MAX + " bytes");
                if (length == line.length) {
                    line = Arrays.copyOf(line, 2 * length);
                }
                line[length++] = (byte) b;
            }
        } catch (EOFException | ZipException e) {
            throw DatasetException.atLine(file, lineNumber, "the gzip stream is damaged or cut off");
        }
        return length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    }

    private String decode(int length) throws IOException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line, 0, length)).toString();
        } catch (CharacterCodingException e) {
            throw DatasetException.atLine(file, lineNumber, "not UTF-8");
        }
    }
}

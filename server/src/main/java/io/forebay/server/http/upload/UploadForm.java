package io.forebay.server.http.upload;

import io.forebay.etl.Upload;
import io.forebay.etl.format.Formats;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an upload: files go into spool files as they come, fields are kept, bounded.
 *
 * <p>Threads: one at a time.
 *
 * <p>Failure: whatever happens, {@link #close} leaves no spool file but those that a job has taken.
 */
public final class UploadForm implements MultipartScanner.Parts, AutoCloseable {
    /** The documents. */
    public static final String FILE = "file";
    /** Their records, where the file holds nothing but vectors. */
    public static final String RECORDS = "records";
    public static final int FIELD_BYTES_MAX = 64 << 10;
    /** Of all kinds, also of those that have nothing in them. */
    static final int PARTS_MAX = 64;
    static final int FILE_NAME_LENGTH_MAX = 255;
    /** Of all fields together: what an upload may keep in memory. */
    static final int FIELDS_BYTES_MAX = 1 << 20;

    /** A file that has come whole. */
    public record Spooled(String fileName, String file) {}

    private final Supplier<Upload> uploads;
    private final Consumer<String> knownField;
    private final Map<String, String> fields = new LinkedHashMap<>();
    private final Map<String, String> fileNames = new LinkedHashMap<>();
    private final Map<String, Upload> files = new LinkedHashMap<>();
    private int fieldBytes;
    private int parts;

    // The part at hand.
    private String name = "";
    private @Nullable Upload upload;
    private @Nullable ByteArrayOutputStream field;

    /** @param knownField throws for the name of a field that there is not */
    public UploadForm(Supplier<Upload> uploads, Consumer<String> knownField) {
        this.uploads = uploads;
        this.knownField = knownField;
    }

    @Override
    public void begin(PartHead head) {
        name = head.name();
        upload = null;
        field = null;
        if (++parts > PARTS_MAX) {
            throw refused("the form has more than " + PARTS_MAX + " parts");
        }
        if (name.equals(FILE) || name.equals(RECORDS)) {
            beginFile(head.fileName());
            return;
        }
        knownField.accept(name);
        if (fields.containsKey(name)) {
            throw refused("field " + name + " comes twice");
        }
        field = new ByteArrayOutputStream();
    }

    private void beginFile(@Nullable String fileName) {
        if (fileName == null) {
            throw refused("part " + name + " must be a file: its filename says the format");
        }
        if (fileName.isEmpty()) {
            return; // a browser's form in which none was chosen
        }
        if (files.containsKey(name)) {
            throw refused("part " + name + " comes twice: send one file a request");
        }
        checkFileName(fileName);
        Upload begun = uploads.get();
        upload = begun;
        files.put(name, begun);
        fileNames.put(name, fileName);
    }

    /** @throws ForebayException UNPROCESSABLE, or UNSUPPORTED_MEDIA_TYPE for a format that is not known */
    public static void checkFileName(String fileName) {
        if (fileName.length() > FILE_NAME_LENGTH_MAX) {
            throw refused("the name of the file has more than " + FILE_NAME_LENGTH_MAX + " characters");
        }
        Formats.checkName(fileName);
    }

    @Override
    public void data(ByteBuffer bytes) throws IOException {
        if (upload != null) {
            upload.write(bytes);
        } else if (field == null) {
            throw refused("part " + name + " has content and no filename");
        } else {
            fieldBytes += bytes.remaining();
            if (field.size() + bytes.remaining() > FIELD_BYTES_MAX || fieldBytes > FIELDS_BYTES_MAX) {
                throw new ForebayException(ErrorCode.PAYLOAD_TOO_LARGE, "field " + name + " has more than "
                        + FIELD_BYTES_MAX + " bytes, or all fields more than " + FIELDS_BYTES_MAX);
            }
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            field.writeBytes(copy);
        }
    }

    @Override
    public void end() {
        if (field != null) {
            try {
                fields.put(name, StandardCharsets.UTF_8.newDecoder()
                        .decode(ByteBuffer.wrap(field.toByteArray())).toString());
            } catch (CharacterCodingException e) {
                throw refused("field " + name + " is not UTF-8");
            }
        }
    }

    /** In the order of coming. */
    public Map<String, String> fields() {
        return fields;
    }

    /** Null when it has not come. */
    public @Nullable String fileName(String part) {
        return fileNames.get(part);
    }

    /** Syncs the file of this part; null when it has not come. */
    public @Nullable Spooled finish(String part) throws IOException {
        Upload whole = files.get(part);
        String fileName = fileNames.get(part);
        return whole == null || fileName == null ? null : new Spooled(fileName, whole.finish());
    }

    @Override
    public void close() {
        files.values().forEach(Upload::abort);
    }

    private static ForebayException refused(String message) {
        return new ForebayException(ErrorCode.UNPROCESSABLE, message);
    }
}

package io.forebay.server.http.upload;

import io.forebay.model.ForebayException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes a body of {@code multipart/form-data} (RFC 7578, RFC 2046) apart piece by piece, wherever the pieces are cut.
 * What is in a part goes straight to whoever wants it; kept are at most the head of a part and what may be the beginning
 * of a boundary. Text before the first boundary and behind the last is passed over.
 *
 * <p>Why not Netty's decoder: it keeps what it has not found the end of, which of a file of gigabytes is much.
 *
 * <p>A boundary is CR LF, two hyphens and the announced text; as CR is in it only once, a match that fails can only begin
 * anew at the byte at hand.
 *
 * <p>Threads: one at a time.
 *
 * <p>Failure: INVALID_ARGUMENT for what is not of this form; nothing more may be given to it then.
 */
public final class MultipartScanner {
    private static final String TYPE = "multipart/form-data";
    private static final int HEAD_BYTES_MAX = 16 << 10;
    private static final int BOUNDARY_MAX = 200;

    /** Takes what is in the parts, one after the other. */
    public interface Parts {
        void begin(PartHead head) throws IOException;

        /** Some more of it; the bytes are lent until this returns. */
        void data(ByteBuffer bytes) throws IOException;

        void end() throws IOException;
    }

    private enum State {
        PREAMBLE, DELIMITED, HEAD, DATA, EPILOGUE
    }

    private final byte[] delimiter;
    private final Parts parts;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private State state = State.PREAMBLE;
    /** So much of a delimiter was seen. The first may stand at the beginning, as if behind an end of a line. */
    private int matched = 2;
    /** Of the head at hand, the four bytes that came last. */
    private int tail;
    /** What came last behind a delimiter: 0, a hyphen, or CR. */
    private byte last;

    private MultipartScanner(String boundary, Parts parts) {
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        this.parts = parts;
    }

    /** Whether a request of this content type is one for here. */
    public static boolean isMultipart(@Nullable String contentType) {
        return contentType != null && contentType.strip().toLowerCase(Locale.ROOT).startsWith(TYPE);
    }

    /** @throws ForebayException INVALID_ARGUMENT when the content type names no boundary */
    public static MultipartScanner of(String contentType, Parts parts) {
        String boundary = parameters(contentType).get("boundary");
        if (boundary == null || boundary.isEmpty() || boundary.length() > BOUNDARY_MAX
                || !boundary.chars().allMatch(c -> c >= ' ' && c < 127)) {
            throw ForebayException.invalid("Header Content-Type: " + TYPE + " needs a boundary of 1 to "
                    + BOUNDARY_MAX + " printable characters. Got: " + contentType);
        }
        return new MultipartScanner(boundary, parts);
    }

    private static Map<String, String> parameters(String contentType) {
        try {
            return HeaderParameters.of(contentType);
        } catch (IllegalArgumentException e) {
            throw ForebayException.invalid("Header Content-Type: " + e.getMessage());
        }
    }

    /** The next piece of the body; all of it is used. */
    public void scan(ByteBuffer in) throws IOException {
        while (in.hasRemaining()) {
            switch (state) {
                case PREAMBLE, DATA -> content(in);
                case DELIMITED -> delimited(in.get());
                case HEAD -> head(in.get());
                case EPILOGUE -> in.position(in.limit());
            }
        }
    }

    /** The body is over. */
    public void finish() {
        if (state != State.EPILOGUE) {
            throw malformed(state == State.PREAMBLE
                    ? "its boundary is nowhere in it"
                    : "it ends before its last boundary");
        }
    }

    private void content(ByteBuffer in) throws IOException {
        int start = in.position();
        int end = in.limit();
        int at = start;
        int carried = matched; // of earlier pieces
        while (at < end) {
            if (in.get(at) == delimiter[matched]) {
                matched++;
                at++;
                if (matched == delimiter.length) {
                    give(in, start, at - (matched - carried));
                    in.position(at);
                    delimit();
                    return;
                }
            } else if (matched > 0) {
                if (carried > 0) {
                    give(ByteBuffer.wrap(delimiter, 0, carried));
                    carried = 0;
                }
                matched = 0; // and this byte is looked at again
            } else {
                at++;
            }
        }
        give(in, start, end - (matched - carried));
        in.position(end);
    }

    private void give(ByteBuffer in, int from, int to) throws IOException {
        if (to > from) {
            give(in.slice(from, to - from));
        }
    }

    private void give(ByteBuffer bytes) throws IOException {
        if (state == State.DATA) {
            parts.data(bytes);
        }
    }

    private void delimit() throws IOException {
        if (state == State.DATA) {
            parts.end();
        }
        state = State.DELIMITED;
        matched = 0;
        last = 0;
    }

    private void delimited(byte b) {
        if (last == '-' && b == '-') {
            state = State.EPILOGUE;
        } else if (last == '\r' && b == '\n') {
            state = State.HEAD;
            head.reset();
            tail = 0;
        } else if (last == 0 && (b == '-' || b == '\r')) {
            last = b;
        } else if (last != 0 || b != ' ' && b != '\t') {
            throw malformed("a boundary is followed by neither two hyphens nor the end of the line");
        }
    }

    private void head(byte b) throws IOException {
        head.write(b);
        if (head.size() > HEAD_BYTES_MAX) {
            throw malformed("the head of a part has more than " + HEAD_BYTES_MAX + " bytes");
        }
        tail = tail << 8 | b & 0xff;
        if (isHeadWhole()) {
            PartHead told = PartHead.of(head.toByteArray());
            state = State.DATA;
            matched = 0;
            parts.begin(told);
        }
    }

    private boolean isHeadWhole() {
        return tail == 0x0d0a0d0a || tail == 0x0d0a && head.size() == 2;
    }

    static ForebayException malformed(String reason) {
        return ForebayException.invalid("The multipart body is malformed: " + reason);
    }
}

package io.forebay.etl.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/**
 * Decodes text. What the charset does not have becomes {@link #INVALID}, a lone surrogate, which no decoder gives otherwise:
 * so who splits the text can say in which line it was.
 */
final class DecodingReader extends Reader {
    static final char INVALID = '\udfff';
    private static final int BUFFER_BYTES = 1 << 14;

    private final InputStream in;
    private final CharsetDecoder decoder;
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
    private boolean ended;
    private boolean flushed;

    DecodingReader(InputStream in, Charset charset) {
        this.in = in;
        decoder = charset.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    @Override
    public int read(char[] chars, int offset, int length) throws IOException {
        CharBuffer out = CharBuffer.wrap(chars, offset, length);
        while (out.position() == offset && !flushed) {
            CoderResult result = decoder.decode(bytes, out, ended);
            if (result.isError()) {
                if (!out.hasRemaining()) {
                    break;
                }
                out.put(INVALID);
                bytes.position(bytes.position() + result.length());
            } else if (result.isUnderflow()) {
                underflow(out);
            } else if (out.position() == offset) {
                throw new IllegalArgumentException("room for " + length + " characters is too little");
            }
        }
        return out.position() > offset || length == 0 ? out.position() - offset : -1;
    }

    private void underflow(CharBuffer out) throws IOException {
        if (ended) {
            flushed = !decoder.flush(out).isOverflow();
            return;
        }
        bytes.compact();
        int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
        ended = count < 0;
        bytes.position(bytes.position() + Math.max(0, count)).flip();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}

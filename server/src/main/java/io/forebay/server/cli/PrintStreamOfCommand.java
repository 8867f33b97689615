package io.forebay.server.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/** UTF-8 to where a command prints, which takes characters. */
final class PrintStreamOfCommand extends OutputStream {
    private final PrintWriter out;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private ByteBuffer left = ByteBuffer.allocate(0);

    PrintStreamOfCommand(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[]{(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(left.remaining() + length).put(left).put(bytes, from, length)
                .flip();
        CharBuffer characters = CharBuffer.allocate(in.remaining());
        decoder.decode(in, characters, false);
        left = in; // the beginning of a character
        out.append(characters.flip());
        if (out.checkError()) {
            throw new IOException("nobody reads the output any more");
        }
    }

    @Override
    public void flush() {
        out.flush();
    }
}

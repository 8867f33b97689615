package io.forebay.server.binary;

import io.forebay.model.wire.FrameHeader;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The first bytes of a connection, which say what it speaks. */
final class Preface {
    static final String STRANGE = "the connection does not begin with the preface of the binary protocol, version "
            + FrameHeader.VERSION;
    private static final String OTHER_PORT = "This is the binary port (docs/binary-protocol.md); HTTP is on another one.\n";

    private final byte[] bytes = new byte[FrameHeader.PREFACE.length];
    private int count;

    /** Takes what is its own; true when that is all. */
    boolean read(ByteBuf in) {
        int some = Math.min(bytes.length - count, in.readableBytes());
        in.readBytes(bytes, count, some);
        count += some;
        return count == bytes.length;
    }

    boolean isRight() {
        return Arrays.equals(bytes, FrameHeader.PREFACE);
    }

    /** Most who come here by mistake speak HTTP, and are told in it; null for whoever does not. */
    @Nullable
    String answerToHttp() {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return text.matches("(GET|POST|PUT|HEAD|PATCH|DELETE|PRI) .*|OPTIONS.*")
                ? "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: "
                        + OTHER_PORT.length() + "\r\n\r\n" + OTHER_PORT
                : null;
    }
}

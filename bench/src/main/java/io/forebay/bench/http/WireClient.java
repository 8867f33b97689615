package io.forebay.bench.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * One connection, one request after the other, the same for every server: requests are bytes that were made before, and of
 * an answer no more is looked at than it takes to find its end, so that the client costs little beside what is measured.
 *
 * <p>Threads: one.
 *
 * <p>Failure: an answer without a length, and for {@link #exchange} one that is not 200 or 201, is an exception.
 */
public final class WireClient implements AutoCloseable {
    private static final String LENGTH = "content-length:";
    private static final String RETRY_AFTER = "retry-after:";

    private final Socket socket;
    private final InputStream in;
    private byte[] buffer = new byte[4 << 10];
    private String head = "";
    private int bodyAt;
    private int bodyEnd;

    public WireClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    /** A request with JSON, or without a body when there is none. */
    public static byte[] request(String method, String path, byte[] body) {
        String head = method + " " + path
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length + "\r\n\r\n";
        byte[] start = head.getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = Arrays.copyOf(start, start.length + body.length);
        System.arraycopy(body, 0, all, start.length, body.length);
        return all;
    }

    /** Sends it and reads the whole answer. */
    public void exchange(byte[] request) throws IOException {
        int status = ask(request);
        if (status != 200 && status != 201) {
            throw new IOException(head.lines().findFirst().orElse("") + " " + body());
        }
    }

    /** Sends it, reads the whole answer and returns its status. */
    int ask(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        int end = 0;
        int scanned = 0;
        int headEnd = -1;
        while (headEnd < 0) {
            end += read(end);
            headEnd = endOfHead(scanned, end);
            scanned = Math.max(0, end - 3);
        }
        head = new String(buffer, 0, headEnd, StandardCharsets.ISO_8859_1);
        bodyAt = headEnd;
        bodyEnd = headEnd + length(head);
        while (end < bodyEnd) {
            end += read(end);
        }
        return Integer.parseInt(head, 9, 12, 10);
    }

    /** Of the last answer: seconds to wait; 0 when it asks for none. */
    int retryAfterSeconds() {
        return head.lines().filter(line -> line.regionMatches(true, 0, RETRY_AFTER, 0, RETRY_AFTER.length()))
                .mapToInt(line -> Integer.parseInt(line.substring(RETRY_AFTER.length()).trim())).findFirst()
                .orElse(0);
    }

    /** Of the last answer. */
    public String body() {
        return new String(buffer, bodyAt, bodyEnd - bodyAt, StandardCharsets.UTF_8);
    }

    private int read(int at) throws IOException {
        if (at == buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * at);
        }
        int count = in.read(buffer, at, buffer.length - at);
        if (count < 0) {
            throw new EOFException("the server closed the connection");
        }
        return count;
    }

    private int endOfHead(int from, int to) {
        for (int i = from; i + 3 < to; i++) {
            if (buffer[i] == '\r' && buffer[i + 1] == '\n' && buffer[i + 2] == '\r'
                    && buffer[i + 3] == '\n') {
                return i + 4;
            }
        }
        return -1;
    }

    private static int length(String head) throws IOException {
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf(LENGTH);
        if (at < 0) {
            throw new IOException("an answer without a length: " + head.lines().findFirst().orElse(""));
        }
        int from = at + LENGTH.length();
        return Integer.parseInt(lower.substring(from, lower.indexOf('\r', from)).trim());
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}

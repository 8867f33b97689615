package io.forebay.bench.console;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** One Server-Sent Events answer, read and counted. For one thread. */
final class EventStream implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 200;
    private static final byte[] NAME = "event: ".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final InputStream in;
    private final byte[] buffer = new byte[64 << 10];
    private int matched;
    long events;
    long bytes;

    EventStream(int port, String path) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: bench\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        in = socket.getInputStream();
    }

    /** What has come, waiting a little for more. */
    void read() throws IOException {
        int count;
        try {
            count = in.read(buffer);
        } catch (SocketTimeoutException nothing) {
            return;
        }
        if (count < 0) {
            throw new IOException("the stream ended");
        }
        bytes += count;
        for (int i = 0; i < count; i++) {
            matched = buffer[i] == NAME[matched] ? matched + 1 : buffer[i] == NAME[0] ? 1 : 0;
            if (matched == NAME.length) {
                events++;
                matched = 0;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

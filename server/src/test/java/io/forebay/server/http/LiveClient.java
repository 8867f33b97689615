package io.forebay.server.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client of an answer without an end, at the level of bytes: sends a GET and takes the chunks apart. */
final class LiveClient implements AutoCloseable {
    /** One server-sent event; {@code id} is the last one seen when it came. */
    record Event(long id, String name, String data) {
        Map<String, Object> json() {
            return TestJson.object(data);
        }
    }

    final Socket socket = new Socket();
    final int status;
    /** The content, without chunks; what is missing at its end is an exception. */
    final InputStream content;
    int heartbeats;
    long lastId = -1;
    private final InputStream in;
    private final Map<String, String> headers = new TreeMap<>();

    LiveClient(TestServer server, String path, String... requestHeaders) throws IOException {
        // Small, so that a slow reader is noticed, and no smaller than what loopback sends in one go: else TCP may back off.
        socket.setReceiveBufferSize(256 << 10);
        socket.connect(new InetSocketAddress("127.0.0.1", server.server.port()));
        socket.setSoTimeout(30_000);
        in = new BufferedInputStream(socket.getInputStream());
        StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: h\r\n");
        for (String header : requestHeaders) {
            request.append(header).append("\r\n");
        }
        socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        status = Integer.parseInt(line(in).split(" ")[1]);
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        content = "chunked".equals(header("transfer-encoding")) ? new Chunks() : in;
    }

    String header(String name) {
        return headers.get(name);
    }

    /** The body of an answer that has a length. */
    String body() throws IOException {
        return new String(in.readNBytes(Integer.parseInt(header("content-length"))), StandardCharsets.UTF_8);
    }

    /** The next event; null at the proper end of the stream. */
    Event event() throws IOException {
        String name = null;
        StringBuilder data = null;
        for (String line = line(content); line != null; line = line(content)) {
            if (line.isEmpty() && data != null) {
                return new Event(lastId, name, data.toString());
            } else if (line.startsWith("id: ")) {
                lastId = Long.parseLong(line.substring(4));
            } else if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: ")) {
                data = new StringBuilder(line.substring(6));
            } else if (line.equals(":")) {
                heartbeats++;
            } else if (!line.isEmpty()) {
                throw new IOException("not an event stream: " + line);
            }
        }
        return null;
    }

    /** Null at the end. */
    private static String line(InputStream from) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int c = from.read();
        if (c < 0) {
            return null;
        }
        for (; c >= 0 && c != '\n'; c = from.read()) {
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private final class Chunks extends InputStream {
        private int left;
        private boolean ended;

        @Override
        public int read() throws IOException {
            if (left == 0 && !nextChunk()) {
                return -1;
            }
            int c = in.read();
            if (c < 0) {
                throw new EOFException("the connection ended inside a chunk");
            }
            left--;
            if (left == 0) {
                line(in);
            }
            return c;
        }

        private boolean nextChunk() throws IOException {
            if (ended) {
                return false;
            }
            String size = line(in);
            if (size == null) {
                throw new EOFException("the connection ended without a last chunk");
            }
            left = Integer.parseInt(size, 16);
            ended = left == 0;
            return !ended;
        }
    }
}

package io.forebay.server.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A connection at the level of bytes. */
final class Wire implements AutoCloseable {
    final Socket socket;
    private final InputStream in;

    record Answer(int status, Map<String, String> headers, String body) {
        String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }
    }

    Wire(TestServer server) throws IOException {
        socket = server.socket();
        // Head and body are sent apart; without this the second waits for the first to be acknowledged.
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    Wire send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        return this;
    }

    Wire get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    Wire post(String path, String body) throws IOException {
        return send(head(path, body.getBytes(StandardCharsets.UTF_8).length) + body);
    }

    static String head(String path, long length) {
        return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: "
                + length + "\r\n\r\n";
    }

    Answer answer() throws IOException {
        return answer(true);
    }

    /** Null when the server has closed the connection. */
    Answer answer(boolean withBody) throws IOException {
        String status = line();
        if (status.isEmpty()) {
            return null;
        }
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        int length = withBody ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0;
        return new Answer(Integer.parseInt(status.split(" ")[1]), headers,
                new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    /** Whether nothing more comes. */
    boolean isAtEnd() throws IOException {
        return in.read() < 0;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
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
}

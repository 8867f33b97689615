package io.forebay.client;

import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A server of the binary protocol that does what the test says, step by step, on real sockets. */
final class FrameServer implements AutoCloseable {
    static final int PATIENCE_MILLIS = 30_000;

    private final ServerSocket listening;
    private final List<Connection> connections = new ArrayList<>();
    long windowBytes = 1 << 20;
    int requestsMax = 100;
    long heartbeatMillis = 60_000;
    long frameBytesMax = 10 << 20;

    FrameServer() throws IOException {
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listening.setSoTimeout(PATIENCE_MILLIS);
    }

    String url() {
        return "forebay://127.0.0.1:" + listening.getLocalPort();
    }

    /** The next connection, not greeted yet. */
    Connection accept() throws IOException {
        Connection connection = new Connection(listening.accept());
        connections.add(connection);
        return connection;
    }

    /** The next connection, with the hello done. */
    Connection greet() throws IOException {
        Connection connection = accept();
        connection.readHello();
        connection.welcome();
        return connection;
    }

    /** That nobody connects for a while. */
    boolean isLeftAlone(int millis) throws IOException {
        listening.setSoTimeout(millis);
        try (Socket ignored = listening.accept()) {
            return false;
        } catch (SocketTimeoutException nobody) {
            return true;
        } finally {
            listening.setSoTimeout(PATIENCE_MILLIS);
        }
    }

    record Frame(FrameHeader header, Fields head, byte[] payload) {
        FrameType type() {
            return FrameType.of(header.typeCode());
        }

        long id() {
            return header.requestId();
        }
    }

    final class Connection {
        private final Socket socket;
        private final DataInputStream in;
        Fields hello = new Fields();

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new DataInputStream(socket.getInputStream());
        }

        Frame readHello() throws IOException {
            byte[] preface = in.readNBytes(FrameHeader.PREFACE.length);
            if (!Arrays.equals(preface, FrameHeader.PREFACE)) {
                throw new IOException("no preface: " + Arrays.toString(preface));
            }
            Frame frame = next();
            hello = frame.head();
            return frame;
        }

        void welcome() throws IOException {
            send(FrameType.HELLO_OK, 0, 0, 0, new Fields().put("version", 1).put("server", "a test")
                    .put("features", List.of("changes", "call")).put("frame_bytes_max", frameBytesMax)
                    .put("window_bytes", windowBytes).put("requests_max", requestsMax)
                    .put("heartbeat_millis", heartbeatMillis), new byte[0]);
        }

        Frame next() throws IOException {
            byte[] header = new byte[FrameHeader.BYTES];
            in.readFully(header);
            FrameHeader read = FrameHeader.read(ByteBuffer.wrap(header));
            byte[] head = in.readNBytes(FrameHeader.padded(read.headBytes()));
            byte[] payload = in.readNBytes(read.payloadBytes());
            return new Frame(read, Fields.decode(Arrays.copyOf(head, read.headBytes())), payload);
        }

        /** The next that is no sign of life. */
        Frame request() throws IOException {
            Frame frame = next();
            while (frame.type() == FrameType.PING || frame.type() == FrameType.PONG) {
                frame = next();
            }
            return frame;
        }

        /** That nothing comes for a while. */
        boolean isSilent(int millis) throws IOException {
            socket.setSoTimeout(millis);
            try {
                int read = socket.getInputStream().read();
                return read < 0;
            } catch (SocketTimeoutException nothing) {
                return true;
            } finally {
                socket.setSoTimeout(PATIENCE_MILLIS);
            }
        }

        /** Whether the client closes, without anything before. */
        boolean isClosedByClient() throws IOException {
            try {
                return socket.getInputStream().read() < 0;
            } catch (SocketException reset) {
                return true;
            }
        }

        void answer(long id, Fields head) throws IOException {
            send(FrameType.ANSWER, 200, id, 0, head, new byte[0]);
        }

        void acked(Frame write, long seqId) throws IOException {
            answer(write.id(),
                    new Fields().put("min_seq_id", seqId).put("max_seq_id", seqId).put("records", 1)
                            .put("durability", "sync"));
        }

        void json(Frame call, int status, String body) throws IOException {
            send(FrameType.ANSWER, status, call.id(), 0, new Fields().put("content_type", "application/json"),
                    body.getBytes(StandardCharsets.UTF_8));
        }

        void error(long id, int status, String name, String message) throws IOException {
            send(FrameType.ERROR, status, id, 0, new Fields().put("error", name).put("message", message),
                    new byte[0]);
        }

        void credit(int bytes) throws IOException {
            send(FrameType.CREDIT, 0, 0, bytes, new Fields(), new byte[0]);
        }

        void send(FrameType type, int status, long id, int credit, Fields head, byte[] payload)
                throws IOException {
            raw(frame(type, status, id, credit, head, payload));
        }

        void raw(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        void close() throws IOException {
            socket.close();
        }
    }

    static byte[] frame(FrameType type, int status, long id, int credit, Fields head, byte[] payload) {
        byte[] encoded = head.encode();
        FrameHeader header = FrameHeader.of(type, status, id, FrameHeader.NONE, encoded.length,
                payload.length).withCredit(credit);
        ByteBuffer out = ByteBuffer.allocate(header.frameBytes()).order(ByteOrder.LITTLE_ENDIAN);
        header.write(out);
        out.put(encoded).position(FrameHeader.BYTES + FrameHeader.padded(encoded.length));
        return out.put(payload).array();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Connection connection : connections) {
            connection.close();
        }
    }
}

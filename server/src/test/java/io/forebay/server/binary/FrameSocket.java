package io.forebay.server.binary;

import io.forebay.model.RecordBatch;
import io.forebay.model.wire.Fields;
import io.forebay.model.wire.FrameHeader;
import io.forebay.model.wire.FrameType;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.UUID;

/** A client made of nothing but frames, so that it can send what no client would. */
final class FrameSocket implements AutoCloseable {
    final Socket socket;
    final DataInputStream in;
    final OutputStream out;
    Frame helloOk;

    /** What came. */
    record Frame(FrameHeader header, FrameType type, Fields head, ByteBuffer payload) {
        int status() {
            return header.status();
        }

        long id() {
            return header.requestId();
        }

        String message() {
            return head.text("message");
        }
    }

    FrameSocket(Socket connected) throws IOException {
        socket = connected;
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** With its hello done. */
    static FrameSocket to(BinaryTestServer server) throws IOException {
        return to(server, new Fields());
    }

    static FrameSocket to(BinaryTestServer server, Fields hello) throws IOException {
        FrameSocket made = new FrameSocket(new Socket("127.0.0.1", server.binary.port()));
        made.hello(hello);
        return made;
    }

    void hello(Fields hello) throws IOException {
        out.write(FrameHeader.PREFACE);
        send(FrameType.HELLO, 0, FrameHeader.NONE, hello.put("version_min", 1).put("version_max", 1),
                new byte[0]);
        helloOk = next();
    }

    static byte[] bytes(RecordBatch batch) {
        byte[] bytes = new byte[batch.encodedBytes()];
        batch.encoded().get(bytes);
        return bytes;
    }

    static byte[] frame(FrameType type, long id, UUID collection, Fields head, byte[] payload, int credit) {
        byte[] encoded = head.encode();
        int start = FrameHeader.BYTES + FrameHeader.padded(encoded.length);
        ByteBuffer all = ByteBuffer.allocate(start + payload.length);
        FrameHeader.of(type, 0, id, collection, encoded.length, payload.length).withCredit(credit).write(all);
        return all.put(encoded).position(start).put(payload).array();
    }

    void send(FrameType type, long id, UUID collection, Fields head, byte[] payload) throws IOException {
        out.write(frame(type, id, collection, head, payload, 0));
        out.flush();
    }

    void write(long id, UUID collection, RecordBatch batch) throws IOException {
        send(FrameType.WRITE, id, collection, new Fields(), bytes(batch));
    }

    Frame ask(FrameType type, long id, UUID collection, Fields head, byte[] payload) throws IOException {
        send(type, id, collection, head, payload);
        return next();
    }

    /** The next frame that is not about the connection only. */
    Frame next() throws IOException {
        Frame frame = any();
        while (frame.type == FrameType.CREDIT || frame.type == FrameType.PING) {
            frame = any();
        }
        return frame;
    }

    Frame any() throws IOException {
        byte[] head = new byte[FrameHeader.BYTES];
        in.readFully(head);
        FrameHeader header = FrameHeader.read(ByteBuffer.wrap(head));
        byte[] fields = new byte[header.headBytes()];
        in.readFully(fields);
        in.readFully(new byte[FrameHeader.padded(fields.length) - fields.length]);
        byte[] payload = new byte[header.payloadBytes()];
        in.readFully(payload);
        return new Frame(header, FrameType.of(header.typeCode()), Fields.decode(fields),
                ByteBuffer.wrap(payload));
    }

    boolean isClosedByServer() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

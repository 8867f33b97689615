package io.forebay.etl.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/** Passes connections on to another port, and cuts each after as many bytes of answers as the queue says. */
final class CuttingProxy implements AutoCloseable {
    final Deque<Integer> cuts = new ConcurrentLinkedDeque<>();
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    private final int to;

    CuttingProxy(int to) throws IOException {
        this.to = to;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getByName("127.0.0.1"), to);
                Integer planned = cuts.poll();
                Thread.ofVirtual().start(() -> pass(client, server, Integer.MAX_VALUE));
                Thread.ofVirtual()
                        .start(() -> pass(server, client, planned == null ? Integer.MAX_VALUE : planned));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private static void pass(Socket from, Socket to, int bytesMax) {
        byte[] buffer = new byte[8192];
        int left = bytesMax;
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0 && left > 0; n = in.read(buffer)) {
                out.write(buffer, 0, Math.min(n, left));
                out.flush();
                left -= n;
            }
        } catch (IOException e) {
            // The other side is gone.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}

package io.forebay.server.binary;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between clients and a port and cuts each connection after a random number of bytes in either direction, in the middle of
 * whatever it is: by an end of the stream or by a reset.
 */
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final int target;
    private final Random random;
    private final int meanBytes;
    private final ConcurrentHashMap<Socket, Boolean> sockets = new ConcurrentHashMap<>();
    final AtomicInteger cuts = new AtomicInteger();
    volatile boolean isCutting = true;

    /** @param meanBytes of a direction before it is cut */
    CuttingProxy(int target, long seed, int meanBytes) throws IOException {
        this.target = target;
        this.random = new Random(seed);
        this.meanBytes = meanBytes;
        listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("proxy").start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.put(client, true);
                sockets.put(server, true);
                pass(client, server);
                pass(server, client);
            }
        } catch (IOException closed) {
            cutAll();
        }
    }

    private void pass(Socket from, Socket to) {
        long bytes;
        boolean resets;
        synchronized (random) {
            bytes = (long) (-Math.log(1 - random.nextDouble()) * meanBytes);
            resets = random.nextBoolean();
        }
        Thread.ofPlatform().daemon().name("proxy").start(() -> {
            try (from; to) {
                pass(from.getInputStream(), to.getOutputStream(), bytes);
                if (resets) {
                    from.setSoLinger(true, 0);
                    to.setSoLinger(true, 0);
                }
            } catch (IOException ended) {
                // The other direction was cut, or one end closed.
            } finally {
                sockets.remove(from);
                sockets.remove(to);
            }
        });
    }

    private void pass(InputStream in, OutputStream out, long bytes) throws IOException {
        byte[] buffer = new byte[16 << 10];
        long left = bytes;
        while (true) {
            int read = in.read(buffer);
            if (read < 0) {
                return;
            }
            int passed = isCutting ? (int) Math.min(left, read) : read;
            out.write(buffer, 0, passed);
            left -= passed;
            if (passed < read) {
                cuts.incrementAndGet();
                return;
            }
        }
    }

    private void cutAll() {
        for (Socket socket : sockets.keySet()) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cutAll();
    }
}

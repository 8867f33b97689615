package io.forebay.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers each byte with a byte, but stands still once, for all its connections, as a server does that collects its garbage. */
final class StallingServer implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ThreadLocal<Socket> connection = new ThreadLocal<>();
    private final List<Socket> open = new ArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger heldUp = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final int stallAt;
    private final long stallMillis;
    private volatile long stallEnd;

    StallingServer(int stallAt, long stallMillis) throws IOException {
        this.stallAt = stallAt;
        this.stallMillis = stallMillis;
        Thread.ofPlatform().daemon().start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket one = listening.accept();
                keep(one);
                Thread.ofPlatform().daemon().start(() -> serve(one));
            }
        } catch (IOException closedMeanwhile) {
            // The end of the test.
        }
    }

    private synchronized void keep(Socket one) {
        open.add(one);
    }

    private void serve(Socket one) {
        try {
            for (int b = one.getInputStream().read(); b >= 0; b = one.getInputStream().read()) {
                stall();
                one.getOutputStream().write(b);
            }
        } catch (IOException | InterruptedException closedMeanwhile) {
            // The end of the test.
        }
    }

    private void stall() throws InterruptedException {
        if (requests.incrementAndGet() == stallAt) {
            stallEnd = System.nanoTime() + stallMillis * 1_000_000;
        }
        long left = stallEnd == 0 ? 0 : stallEnd - System.nanoTime();
        if (left > 0) {
            heldUp.incrementAndGet();
            closed.await(left, TimeUnit.NANOSECONDS);
        }
    }

    /** How many requests it had before it while it stood still. */
    int heldUp() {
        return heldUp.get();
    }

    /** One request, over a connection of the calling thread's own. */
    void ask(long number) throws IOException {
        Socket mine = connection.get();
        if (mine == null) {
            mine = new Socket(listening.getInetAddress(), listening.getLocalPort());
            mine.setTcpNoDelay(true);
            connection.set(mine);
            keep(mine);
        }
        mine.getOutputStream().write((int) number & 0x7f);
        if (mine.getInputStream().read() < 0) {
            throw new IOException("no answer");
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed.countDown();
        listening.close();
        for (Socket one : open) {
            one.close();
        }
    }
}

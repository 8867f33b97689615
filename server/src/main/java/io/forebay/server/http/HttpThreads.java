package io.forebay.server.http;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of the server: {@code netty-io-n} accept, read, decode, encode and write, and never wait; {@code
 * changes-n} read the log for change feeds and encode what they give. Two are enough: they wait for the disk at most,
 * never for a client. {@code uploads-n} write what is uploaded and sync it, which may take long; {@code previews-n}
 * take and read files that are to be shown; {@code imports-n} ask the import service for others meanwhile. {@code
 * probes-1} looks at health, so that nothing else delays probes. None waits for a client.
 */
public final class HttpThreads {
    private static final Logger LOG = LoggerFactory.getLogger(HttpThreads.class);
    private static final int CHANGES = 2;
    private static final int UPLOADS = 4;
    private static final int IMPORTS = 4;
    private static final int PREVIEWS = 2;

    private HttpThreads() {}

    /** @param channelType what to bootstrap with these threads */
    public record Transport(MultiThreadIoEventLoopGroup threads,
            Class<? extends ServerSocketChannel> channelType) {}

    static ExecutorService changes() {
        return pool("changes", CHANGES);
    }

    static ExecutorService uploads() {
        return pool("uploads", UPLOADS);
    }

    static ExecutorService previews() {
        return pool("previews", PREVIEWS);
    }

    static ExecutorService imports() {
        return pool("imports", IMPORTS);
    }

    static ExecutorService probes() {
        return pool("probes", 1);
    }

    private static ExecutorService pool(String name, int threads) {
        AtomicInteger number = new AtomicInteger();
        return Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    static Transport start(int count, boolean nativeTransport) {
        boolean epoll = nativeTransport && Epoll.isAvailable();
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        AtomicInteger number = new AtomicInteger();
        ThreadFactory named = task -> new FastThreadLocalThread(task,
                "netty-io-" + number.incrementAndGet());
        return new Transport(new MultiThreadIoEventLoopGroup(count, named, handlers),
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
    }

    /** At once where this is the loop's thread. False when the loop has stopped, which runs nothing more. */
    public static boolean onLoop(EventExecutor loop, Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            return true;
        }
        return soonOnLoop(loop, task);
    }

    /** After what the loop is doing now, whoever calls; false when it has stopped. */
    public static boolean soonOnLoop(EventExecutor loop, Runnable task) {
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException stopped) {
            LOG.debug("something was to be done after the server had stopped");
            return false;
        }
    }
}

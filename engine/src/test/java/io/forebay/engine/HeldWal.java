package io.forebay.engine;

import io.forebay.wal.Wal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A real log whose syncs do not return until the test says so, for whoever is given {@link #wal}. */
final class HeldWal {
    private record Waiter(long seqId, CompletableFuture<Void> future) {}

    final Wal wal;
    private final List<Waiter> waiters = new ArrayList<>();
    private long durableSeqId;

    HeldWal(Wal real) {
        durableSeqId = real.durableSeqId();
        wal = (Wal) Proxy.newProxyInstance(Wal.class.getClassLoader(), new Class<?>[]{Wal.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("durableSeqId")) {
                        return durableSeqId();
                    }
                    if (method.getName().equals("durable")) {
                        return durable((Long) arguments[0]);
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    private synchronized long durableSeqId() {
        return durableSeqId;
    }

    private synchronized CompletableFuture<Void> durable(long seqId) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        if (seqId <= durableSeqId) {
            future.complete(null);
        } else {
            waiters.add(new Waiter(seqId, future));
        }
        return future;
    }

    /** A sync returns that covers everything up to here. */
    void synced(long seqId) {
        List<Waiter> ready;
        synchronized (this) {
            durableSeqId = seqId;
            ready = waiters.stream().filter(waiter -> waiter.seqId <= seqId).toList();
            waiters.removeAll(ready);
        }
        ready.forEach(waiter -> waiter.future.complete(null));
    }

    /** The sync fails for all who wait. */
    void failed() {
        List<Waiter> all;
        synchronized (this) {
            all = List.copyOf(waiters);
            waiters.clear();
        }
        all.forEach(
                waiter -> waiter.future.completeExceptionally(new IllegalStateException("the sync failed")));
    }
}

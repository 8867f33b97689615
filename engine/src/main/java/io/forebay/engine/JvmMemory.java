package io.forebay.engine;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;
import org.jspecify.annotations.Nullable;

/**
 * What this JVM uses of its memory.
 *
 * <p>Threads: the JVM tells of collections on a thread of its own; any may ask.
 */
public final class JvmMemory implements AutoCloseable {
    /** A young collection leaves old garbage; so many in a row leave less of it, because others come between. */
    private static final int COLLECTIONS = 3;

    private final Set<String> heapPools = new HashSet<>();
    private final NotificationListener listener = (notification, unused) -> collected(notification);
    private final long[] after = new long[COLLECTIONS];
    private final long heapMax = Runtime.getRuntime().maxMemory();
    private final long directMax = directMaxOfThisJvm();
    private final @Nullable BufferPoolMXBean direct;
    private int collections;
    private volatile long heapAfterGc;

    JvmMemory() {
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP) {
                heapPools.add(pool.getName());
            }
        }
        direct = directPool();
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (collector instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener(listener, null, null);
            }
        }
    }

    private void collected(Notification notification) {
        if (!notification.getType()
                .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            return;
        }
        GarbageCollectionNotificationInfo info = GarbageCollectionNotificationInfo
                .from((CompositeData) notification.getUserData());
        String action = info.getGcAction();
        if (action.contains("concurrent")) {
            return; // a pause between, that collects nothing
        }
        long used = 0;
        for (Map.Entry<String, MemoryUsage> pool : info.getGcInfo().getMemoryUsageAfterGc().entrySet()) {
            used += heapPools.contains(pool.getKey()) ? pool.getValue().getUsed() : 0;
        }
        left(used, action.equals("end of major GC"));
    }

    private synchronized void left(long used, boolean whole) {
        for (int i = 0; i < COLLECTIONS; i++) {
            if (whole || collections == 0) {
                after[i] = used;
            }
        }
        after[collections++ % COLLECTIONS] = used;
        long least = Long.MAX_VALUE;
        for (long one : after) {
            least = Math.min(least, one);
        }
        heapAfterGc = least;
    }

    /**
     * The least that the last three collections left of the heap, or what one of the whole heap left since; 0 before the
     * first.
     */
    long heapAfterGc() {
        return heapAfterGc;
    }

    long heapMax() {
        return heapMax;
    }

    private static @Nullable BufferPoolMXBean directPool() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct")).findFirst().orElse(null);
    }

    long direct() {
        return used(direct);
    }

    private static long used(@Nullable BufferPoolMXBean pool) {
        return pool == null ? 0 : Math.max(0, pool.getMemoryUsed());
    }

    /** Of the heap after its last collection, so without what is garbage; for rare questions. */
    public static double heapFreeShare() {
        long used = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage live = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
            used += live == null ? 0 : live.getUsed();
        }
        return 1 - (double) used / Runtime.getRuntime().maxMemory();
    }

    /** Of the memory outside the heap; for rare questions. */
    static double directFreeShare() {
        return 1 - (double) used(directPool()) / directMaxOfThisJvm();
    }

    long directMax() {
        return directMax;
    }

    /** The JVM's own bound, or what the heap leaves of the machine (or container), if that is less. */
    private static long directMaxOfThisJvm() {
        long heapMax = Runtime.getRuntime().maxMemory();
        HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        long own = Long.parseLong(jvm.getVMOption("MaxDirectMemorySize").getValue());
        long bound = own == 0 ? heapMax : own;
        long left = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize()
                - heapMax;
        return left > 0 ? Math.min(bound, left) : bound;
    }

    @Override
    public void close() {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (collector instanceof NotificationEmitter emitter) {
                try {
                    emitter.removeNotificationListener(listener);
                } catch (ListenerNotFoundException gone) {
                    continue;
                }
            }
        }
    }
}

package io.forebay.server.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Netty's leak detection at its most watchful, with its findings kept for the test to look at. */
public final class LeakWatch {
    private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

    static {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new ResourceLeakDetectorFactory() {
            @Override
            @SuppressWarnings("deprecation")
            public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int interval,
                    long maxActive) {
                return new Keeping<>(resource, interval);
            }
        });
    }

    private LeakWatch() {}

    /** To be called before Netty makes its first buffer. */
    public static void install() {}

    private static final class Keeping<T> extends ResourceLeakDetector<T> {
        Keeping(Class<?> resource, int interval) {
            super(resource, interval);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String type, String records) {
            LEAKS.add(type + records);
        }

        @Override
        protected void reportUntracedLeak(String type) {
            LEAKS.add(type);
        }
    }

    public static void forget() {
        LEAKS.clear();
    }

    /** What was not released and has been collected since. */
    public static List<String> leaks() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            for (int j = 0; j < 200; j++) {
                ByteBufAllocator.DEFAULT.buffer(64).release();
            }
        }
        return LEAKS;
    }
}

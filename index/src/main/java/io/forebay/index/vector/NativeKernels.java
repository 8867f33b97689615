package io.forebay.index.vector;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernels of {@code src/main/native/kernels.c}, where this machine can run them. The Vector API has no
 * instruction that multiplies bytes and adds the products, and no prefetch; both together are worth more than
 * a factor of two. {@link JavaKernels} has the same in Java for every other machine.
 *
 * <p>Threads: stateless after loading.
 *
 * <p>Failure: whatever keeps the library from loading (another system, an old processor, a folder for
 * temporary files where nothing may be executed, {@code -Dforebay.native=false}) is logged once, and Java
 * goes on without it.
 */
final class NativeKernels {

    private static final Logger LOG = LoggerFactory.getLogger(NativeKernels.class);
    /** Of the walk's buffers for one row. */
    static final int LINKS_MAX = 1024;
    private static final String RESOURCE = "linux-x86_64/libforebaykernels.so";

    private static final @Nullable SymbolLookup LIBRARY = load();
    private static final MethodHandle LEVEL_OF = bind("forebay_kernel_level",
            FunctionDescriptor.of(ValueLayout.JAVA_INT), false);
    private static final MethodHandle DISTANCES = bind("forebay_distances",
            FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_FLOAT,
                    ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS),
            true);
    private static final MethodHandle ROW_DISTANCES = bind("forebay_row_distances",
            FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS),
            true);
    private static final MethodHandle BEAM = bind("forebay_beam",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG), false);
    private static final MethodHandle EXPAND_ALLOWED = bind("forebay_expand_allowed",
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                    ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS, ValueLayout.ADDRESS),
            true);
    private static final int LEVEL = level();

    private NativeKernels() {}

    /** 0 when there are none. */
    static int levelUsed() {
        return LEVEL;
    }

    /** Whether the functions below may be called. */
    static boolean available() {
        return LEVEL > 0;
    }

    static void distances(byte[] query, float add, float scale, int bias, long[] chunks, int[] ids, int count,
            int length, float[] out) {
        try {
            DISTANCES.invokeExact(LEVEL, MemorySegment.ofArray(query), add, scale, bias,
                    MemorySegment.ofArray(chunks), MemorySegment.ofArray(ids), count, length,
                    MemorySegment.ofArray(out));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    static void rowDistances(int from, long[] chunks, int[] ids, int count, int length, float[] out) {
        try {
            ROW_DISTANCES.invokeExact(LEVEL, from, MemorySegment.ofArray(chunks), MemorySegment.ofArray(ids),
                    count, length, MemorySegment.ofArray(out));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param parameters address of what {@link NativeWalk} laid out */
    static int beam(long parameters) {
        try {
            return (int) BEAM.invokeExact(LEVEL, parameters);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many were found below, how many visits were entered above. */
    static long expandAllowed(GraphScratch scratch, CodeRows rows, int node, int next, IntRows links,
            int enough) {
        long[] origins = links.chunks().origins();
        CodeQuery query = scratch.query;
        try {
            return (long) EXPAND_ALLOWED.invokeExact(LEVEL, MemorySegment.ofArray(query.codes), query.add,
                    query.scale, query.bias, MemorySegment.ofArray(rows.chunks()), rows.length(), node, next,
                    MemorySegment.ofArray(origins), origins.length, links.width(),
                    MemorySegment.ofArray(scratch.allowed.words()), scratch.allowed.end(), enough,
                    MemorySegment.ofArray(scratch.visited), scratch.visitedMask,
                    MemorySegment.ofArray(scratch.ordinals), MemorySegment.ofArray(scratch.nodes),
                    MemorySegment.ofArray(scratch.distances));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static int level() {
        if (LIBRARY == null) {
            return 0;
        }
        try {
            return (int) LEVEL_OF.invokeExact();
        } catch (Throwable e) {
            LOG.info("native kernels not used: {}", e.toString());
            return 0;
        }
    }

    private static @Nullable SymbolLookup load() {
        if ("false".equals(System.getProperty("forebay.native"))) {
            return null;
        }
        boolean known = System.getProperty("os.name", "").equals("Linux")
                && System.getProperty("os.arch", "").equals("amd64");
        if (!known) {
            return null;
        }
        try (InputStream source = NativeKernels.class.getResourceAsStream(RESOURCE)) {
            if (source == null) {
                return null;
            }
            Path copy = Files.createTempFile("forebay-kernels", ".so");
            try {
                Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
                return SymbolLookup.libraryLookup(copy, Arena.global());
            } finally {
                // Loaded is loaded: the file is needed no more.
                Files.deleteIfExists(copy);
            }
        } catch (IOException | RuntimeException e) {
            LOG.info("native kernels not used: {}", e.toString());
            return null;
        }
    }

    private static MethodHandle bind(String name, FunctionDescriptor descriptor, boolean heap) {
        MemorySegment at = LIBRARY == null
                ? MemorySegment.NULL
                : LIBRARY.find(name).orElse(MemorySegment.NULL);
        if (at.equals(MemorySegment.NULL)) {
            return java.lang.invoke.MethodHandles.empty(descriptor.toMethodType());
        }
        // Not before: a system without our library may have no linker either.
        Linker linker = Linker.nativeLinker();
        return heap
                ? linker.downcallHandle(at, descriptor, Linker.Option.critical(true))
                : linker.downcallHandle(at, descriptor);
    }
}

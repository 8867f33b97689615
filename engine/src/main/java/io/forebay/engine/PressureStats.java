package io.forebay.engine;

/**
 * How near the store is to its limits at one moment. A watermark's state is 0: below, 1: warns, 2: writes are refused.
 *
 * @param heapAfterGcBytes what the last collections of garbage left; 0 before the first
 * @param directBytes      memory outside the heap that the JVM knows of
 * @param heldAcks         acks that are held back just now
 */
public record PressureStats(long diskTotalBytes, long diskFreeBytes, long diskWatermarkBytes,
        long diskReserveBytes, int diskState,
        long heapAfterGcBytes, long heapMaxBytes, long directBytes, long directMaxBytes, int memoryState,
        int heldAcks) {

    static PressureStats of(Store store) {
        int held = 0;
        for (CollectionRuntime runtime : store.catalog.all()) {
            held += runtime.brake.held();
        }
        JvmMemory jvm = store.jvm;
        return new PressureStats(store.disk.space().totalBytes(), store.disk.space().freeBytes(),
                store.disk.bytes(),
                store.disk.space().reserveBytes(),
                store.wal.diskFull() != null ? 2 : store.disk.warning() != null ? 1 : 0,
                jvm.heapAfterGc(), jvm.heapMax(), jvm.direct(), jvm.directMax(),
                store.memory.reason() != null ? 2 : 0, held);
    }
}

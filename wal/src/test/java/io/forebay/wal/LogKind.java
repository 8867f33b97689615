package io.forebay.wal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** What a log of the contract's tests is stored by. */
enum LogKind {
    CHRONICLE, FILE, SIMULATED;

    /** One simulated disk per directory, so that a log is found again. */
    private static final Map<Path, SimulatedDisk> DISKS = new HashMap<>();

    Wal open(Path directory, WalConfig config) {
        return open(directory, config, FailPoints.NONE);
    }

    Wal open(Path directory, WalConfig config, FailPoints faults) {
        if (this != SIMULATED) {
            return ExtentWal.open(directory, config.withImplementation(WalImplementation.valueOf(name())),
                    faults);
        }
        SimulatedDisk disk;
        synchronized (DISKS) {
            disk = DISKS.computeIfAbsent(directory.toAbsolutePath().normalize(), path -> {
                SimulatedDisk made = new SimulatedDisk(new Random(1));
                made.makeRoot(path);
                return made;
            });
        }
        try {
            ExtentWal wal = ExtentWal.openOn(disk, directory.toAbsolutePath().normalize(),
                    config.withImplementation(WalImplementation.FILE), faults);
            wal.start();
            return wal;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The name of an extent's file. */
    String fileName() {
        return this == CHRONICLE ? ChronicleExtent.FILE : FileExtent.FILE;
    }
}

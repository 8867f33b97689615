package io.forebay.wal;

import java.io.IOException;
import java.nio.file.Path;

/** Recovery alone, without opening a log for writing. */
final class LogsRecovery {
    private LogsRecovery() {}

    /** Throws what an open would throw. */
    static RecoveryReport run(Path directory) throws IOException {
        Recovery.Result found = Recovery.run(new ExtentFiles(directory, new RealDisk(directory)));
        found.extents().values().forEach(Extent::retire);
        return found.report();
    }
}

package io.forebay.bench.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Blocks that a directory has in the file system, as {@code du} says: holes in files take none. */
final class DiskUse {
    private DiskUse() {}

    /** NaN where there is no {@code du}. */
    static double bytes(Path directory) throws IOException, InterruptedException {
        Process du;
        try {
            du = new ProcessBuilder("du", "-s", "-B1", directory.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        } catch (IOException missing) {
            return Double.NaN;
        }
        String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        du.waitFor(); // 1 when a file went away meanwhile; the sum is good all the same
        return said.isEmpty() ? Double.NaN : Double.parseDouble(said.split("\\s")[0]);
    }
}

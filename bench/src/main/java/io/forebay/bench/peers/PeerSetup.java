package io.forebay.bench.peers;

import io.forebay.bench.http.ChromaInstall;
import io.forebay.bench.load.Workspace;
import io.forebay.model.Space;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What peers need to start. Chroma's server is installed once, by the first that asks.
 *
 * <p>Threads: one.
 */
final class PeerSetup {
    private final PeerSettings settings;
    private final Workspace workspace;
    private final Space space;
    private final int dimension;
    private final int records;
    private @Nullable ChromaInstall chroma;

    /** @param records how many will be in one collection at most */
    PeerSetup(PeerSettings settings, Workspace workspace, Space space, int dimension, int records) {
        this.settings = settings;
        this.workspace = workspace;
        this.space = space;
        this.dimension = dimension;
        this.records = records;
    }

    PeerSettings settings() {
        return settings;
    }

    Workspace workspace() {
        return workspace;
    }

    Space space() {
        return space;
    }

    int dimension() {
        return dimension;
    }

    int records() {
        return records;
    }

    ChromaInstall chroma() throws IOException, InterruptedException {
        ChromaInstall known = chroma;
        if (known == null) {
            String how = settings.chroma();
            if (how == null) {
                throw new IOException("it was not asked for (--chroma none)");
            }
            known = ChromaInstall.of(workspace, how);
            chroma = known;
        }
        return known;
    }
}

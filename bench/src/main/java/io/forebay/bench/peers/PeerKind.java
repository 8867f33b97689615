package io.forebay.bench.peers;

import java.nio.file.Path;
import java.util.Locale;

/** Whom to measure. */
public enum PeerKind {
    /** Forebay's server over HTTP, embeddings in base64. */
    FOREBAY_HTTP(true, false) {
        @Override
        Peer open(PeerSetup setup, Path directory) throws Exception {
            return ForebayPeer.overHttp(setup, directory);
        }
    },
    /** Chroma's own server. */
    CHROMA(false, false) {
        @Override
        Peer open(PeerSetup setup, Path directory) throws Exception {
            return ChromaPeer.open(setup, directory);
        }
    },
    /** PostgreSQL with pgvector, the index built when all is loaded. */
    PGVECTOR(false, false) {
        @Override
        Peer open(PeerSetup setup, Path directory) throws Exception {
            return PgVectorPeer.open(setup, directory, false);
        }
    },
    /** The same, the index there from the beginning. */
    PGVECTOR_INDEX_FIRST(false, false) {
        @Override
        Peer open(PeerSetup setup, Path directory) throws Exception {
            return PgVectorPeer.open(setup, directory, true);
        }
    },
    /** Forebay as a library. */
    FOREBAY_EMBEDDED(true, true) {
        @Override
        Peer open(PeerSetup setup, Path directory) {
            return EmbeddedPeer.open(setup, directory);
        }
    },
    /** Lucene, as many segments as there are after a commit. */
    LUCENE(false, true) {
        @Override
        Peer open(PeerSetup setup, Path directory) throws Exception {
            return LucenePeer.open(setup, directory, false);
        }
    },
    /** The same, merged into one segment. */
    LUCENE_MERGED(false, true) {
        @Override
        Peer open(PeerSetup setup, Path directory) throws Exception {
            return LucenePeer.open(setup, directory, true);
        }
    },
    /** The library hnswlib-core: a graph on the heap, no files. */
    HNSWLIB_CORE(false, true) {
        @Override
        Peer open(PeerSetup setup, Path directory) {
            return new HnswlibPeer(setup);
        }
    };

    private final boolean ours;
    private final boolean inProcess;

    PeerKind(boolean ours, boolean inProcess) {
        this.ours = ours;
        this.inProcess = inProcess;
    }

    /** Starts it, empty; whatever it throws is the reason why it is left out. */
    abstract Peer open(PeerSetup setup, Path directory) throws Exception;

    boolean isOurs() {
        return ours;
    }

    /** A library, not a server. */
    boolean isInProcess() {
        return inProcess;
    }

    /** As in the names of figures and on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

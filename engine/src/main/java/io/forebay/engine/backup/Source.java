package io.forebay.engine.backup;

import io.forebay.engine.snapshot.Snapshot;
/** A store of which backups are made, open or not. */
public interface Source {
    /** Gets hold of its files of one moment, which stay until it is closed. */
    Held hold();

    /** Now and then while its files are copied: throws when that is to end. */
    void checkMayGoOn();

    /** Behind each step of a copy, which took so long: may wait, so that others come to the disk. */
    default void giveWay(long nanos) {}

    /** The files. */
    interface Held extends AutoCloseable {
        Snapshot snapshot();

        @Override
        void close();
    }
}

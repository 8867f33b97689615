package io.forebay.index.vector;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Where the rows of consecutive ordinals and their columns lie in files, for reading them through channels:
 * an unreadable place on the disk is then an exception and not a fault.
 *
 * <p>Threads: as the channels.
 *
 * @param first ordinal whose row is at {@code rowsAt} and whose column is at {@code columnsAt}
 */
record StoredRows(FileChannel rows, long rowsAt, FileChannel columns, long columnsAt, int first) {

    /** Reads {@code count} rows and columns; what the files do not have is zeros. */
    void read(ArenaLayout layout, int from, int count, ByteBuffer rowBytes, ByteBuffer columnBytes)
            throws IOException {
        long index = from - first;
        rowBytes.clear().limit(count * layout.strideBytes());
        columnBytes.clear().limit(count * ArenaLayout.COLUMN_BYTES);
        readFully(rows, rowBytes, rowsAt + index * layout.strideBytes());
        readFully(columns, columnBytes, columnsAt + index * ArenaLayout.COLUMN_BYTES);
    }

    /** Reads until {@code target} is full; behind the end of the file are zeros. Ready to be read then. */
    static void readFully(FileChannel source, ByteBuffer target, long at) throws IOException {
        long position = at;
        while (target.hasRemaining()) {
            int read = source.read(target, position);
            if (read < 0) {
                break;
            }
            position += read;
        }
        while (target.hasRemaining()) {
            target.put((byte) 0);
        }
        target.flip();
    }
}

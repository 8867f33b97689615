package io.forebay.etl.format.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A file, its footer, and how much has come out of it. Failure: {@link ParquetException} for what the file says. */
final class ParquetFile implements AutoCloseable {
    private static final int MAGIC = 0x31524150; // PAR1
    private static final int MAGIC_ENCRYPTED = 0x45524150; // PARE
    private static final int TAIL_BYTES = 8;

    private final FileChannel channel;
    private final long size;
    private final ParquetLimits limits;
    private final Node root;
    private final List<Thrift.Struct> groups;
    private long expanded;
    private long held;

    ParquetFile(Path path, ParquetLimits limits) throws IOException {
        this.limits = limits;
        channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            size = channel.size();
            Thrift.Struct footer = Thrift.read(footer());
            root = Node.tree(footer.structs(2));
            groups = footer.structs(4);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private ByteBuffer footer() throws IOException {
        ParquetException.require(size >= 4 + TAIL_BYTES, "it is cut off");
        ByteBuffer tail = read(size - TAIL_BYTES, TAIL_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        ParquetException.require(tail.getInt(4) != MAGIC_ENCRYPTED, "it is encrypted");
        ParquetException.require(tail.getInt(4) == MAGIC, "it is cut off (it does not end with PAR1)");
        int length = tail.getInt(0);
        ParquetException.require(length > 0 && length <= size - TAIL_BYTES - 4,
                "its footer would have " + length
                        + " bytes");
        ParquetException.require(length <= ParquetLimits.FOOTER_BYTES_MAX, "its footer has " + length
                + " bytes, more than " + ParquetLimits.FOOTER_BYTES_MAX);
        return read(size - TAIL_BYTES - length, length);
    }

    Node root() {
        return root;
    }

    List<Thrift.Struct> groups() {
        return groups;
    }

    ParquetLimits limits() {
        return limits;
    }

    long size() {
        return size;
    }

    /** Bytes that must be there. */
    ByteBuffer read(long at, int length) throws IOException {
        ParquetException.require(at >= 0 && length >= 0 && at <= size - length, "something lies at " + at
                + ", beyond the end");
        return readUpTo(at, length);
    }

    /** As many bytes as there are. */
    ByteBuffer readUpTo(long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.clamp(size - at, 0, length));
        while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) >= 0) {
            continue;
        }
        return bytes.flip();
    }

    /** A page of so many bytes is about to be expanded. */
    void hold(int bytes) {
        expanded += bytes;
        held += bytes;
        ParquetException.require(
                expanded <= limits.freeBytes() || expanded / limits.expandedRatioMax() <= size,
                "its " + size + " bytes expand to " + expanded + " or more, more than "
                        + limits.expandedRatioMax()
                        + " times as much (limit imports.max_expanded_ratio)");
        ParquetException.require(held <= ParquetLimits.HELD_BYTES_MAX, "its columns have pages of " + held
                + " bytes together, more than " + ParquetLimits.HELD_BYTES_MAX);
    }

    /** Nothing of a row group is held any more. */
    void letGoAll() {
        held = 0;
    }

    void letGo(int bytes) {
        held -= bytes;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

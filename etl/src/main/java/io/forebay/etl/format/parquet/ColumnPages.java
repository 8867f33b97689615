package io.forebay.etl.format.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The pages of one column in one row group, in order. A dictionary is kept until the end of the chunk.
 *
 * <p>Failure: {@link ParquetException} for what does not fit; a page with a checksum is compared with it.
 */
final class ColumnPages {
    private static final int HEADER_BYTES = 1 << 13;
    private static final int HEADER_BYTES_MAX = 8 << 20;
    private static final int DATA = 0;
    private static final int DICTIONARY = 2;
    private static final int DATA_V2 = 3;

    /** Of one data page: levels and values. */
    record Page(int values, @Nullable RunLengths repetitions, @Nullable RunLengths definitions,
            Values decoder) {}

    private final ParquetFile file;
    private final Node node;
    private final Leaf leaf;
    private final Codec codec;
    private final long end;
    private long at;
    private long valuesLeft;
    private Object @Nullable [] dictionary;
    private int headerBytes;
    private int held;

    /** @param meta ColumnMetaData */
    ColumnPages(ParquetFile file, Node node, Leaf leaf, Thrift.Struct meta) {
        this.file = file;
        this.node = node;
        this.leaf = leaf;
        ParquetException.require(meta.integer(1, -1) == leaf.type().ordinal(), "column '" + node.name()
                + "' has another type than in the schema");
        codec = Codec.of(meta.integer(4, 0));
        valuesLeft = meta.number(5, 0);
        long data = meta.number(9, -1);
        long dictionaryAt = meta.number(11, 0);
        at = dictionaryAt > 0 && dictionaryAt < data ? dictionaryAt : data;
        long length = meta.number(7, 0);
        ParquetException.require(at >= 4 && length >= 0 && length <= file.size() - at,
                "column '" + node.name() + "' lies beyond the end");
        end = at + length;
    }

    long at() {
        return at;
    }

    /** Null behind the last page. */
    @Nullable
    Page next() throws IOException {
        while (valuesLeft > 0) {
            file.letGo(held);
            held = 0;
            ByteBuffer bytes = file.readUpTo(at, (int) Math.min(end - at, HEADER_BYTES));
            Thrift.Struct header = header(bytes);
            int size = header.integer(2, -1);
            int compressed = header.integer(3, -1);
            long dataAt = at + headerBytes;
            ParquetException.require(size >= 0 && size <= ParquetLimits.PAGE_BYTES_MAX && compressed >= 0
                    && compressed <= ParquetLimits.PAGE_BYTES_MAX && compressed <= end - dataAt,
                    "a page of column '"
                            + node.name() + "' would have " + compressed + " bytes, expanded " + size);
            file.hold(size);
            held = size;
            at = dataAt + compressed;
            int type = header.integer(1, -1);
            if (type == DATA || type == DATA_V2 || type == DICTIONARY) {
                byte[] data = file.read(dataAt, compressed).array();
                checkSum(header, data);
                if (type != DICTIONARY) {
                    return type == DATA ? pageV1(header, data, size) : pageV2(header, data, size);
                }
                readDictionary(header, codec.expand(data, 0, data.length, size));
            }
        }
        file.letGo(held);
        held = 0;
        return null;
    }

    private Thrift.Struct header(ByteBuffer bytes) throws IOException {
        ByteBuffer window = bytes;
        for (int length = HEADER_BYTES;; length *= 8) {
            try {
                Thrift.Struct header = Thrift.read(window);
                headerBytes = window.position();
                return header;
            } catch (ParquetException e) {
                if (length > HEADER_BYTES_MAX || window.capacity() < length) {
                    throw e;
                }
                window = file.readUpTo(at, (int) Math.min(end - at, 8L * length)); // long statistics
            }
        }
    }

    private static void checkSum(Thrift.Struct header, byte[] data) {
        if (header.has(4)) {
            CRC32 sum = new CRC32();
            sum.update(data);
            ParquetException.require((int) sum.getValue() == (int) header.number(4, 0),
                    "a page is damaged: its checksum is another");
        }
    }

    private void readDictionary(Thrift.Struct header, ByteBuffer page) {
        ParquetException.require(dictionary == null, "column '" + node.name() + "' has two dictionaries");
        ParquetException.require(page.remaining() <= ParquetLimits.DICTIONARY_BYTES_MAX,
                "column '" + node.name() + "' has a dictionary of " + page.remaining() + " bytes, more than "
                        + ParquetLimits.DICTIONARY_BYTES_MAX);
        dictionary = DictionaryValues.read(leaf, page, own(header, 7).integer(1, -1));
        held = 0; // it stays
    }

    /** The part of a header that is for the kind of page. */
    private static Thrift.Struct own(Thrift.Struct header, int field) {
        Thrift.Struct own = header.struct(field);
        if (own == null) {
            throw new ParquetException("a page has no header of its kind");
        }
        return own;
    }

    private int count(Thrift.Struct own) {
        int count = own.integer(1, -1);
        ParquetException.require(count >= 0 && count <= ParquetLimits.PAGE_VALUES_MAX && count <= valuesLeft,
                "a page of column '" + node.name() + "' would have " + count + " values");
        valuesLeft -= count;
        return count;
    }

    private Page pageV1(Thrift.Struct header, byte[] data, int size) throws IOException {
        Thrift.Struct own = own(header, 5);
        int count = count(own);
        ByteBuffer page = codec.expand(data, 0, data.length, size);
        RunLengths repetitions = levelsV1(page, node.repetitionLevel(), own.integer(4, 3));
        RunLengths definitions = levelsV1(page, node.definitionLevel(), own.integer(3, 3));
        return new Page(count, repetitions, definitions, values(own.integer(2, 0), page, count));
    }

    private static @Nullable RunLengths levelsV1(ByteBuffer page, int levelMax, int encoding) {
        if (levelMax == 0) {
            return null;
        }
        ParquetException.require(encoding == 3,
                "levels are encoded in the way that was given up (" + encoding + ")");
        int length = Integer.reverseBytes(page.getInt());
        return levels(page, levelMax, length);
    }

    private static @Nullable RunLengths levels(ByteBuffer page, int levelMax, int length) {
        ParquetException.require(length >= 0 && length <= page.remaining(), "levels of " + length
                + " bytes go beyond their page");
        ByteBuffer levels = page.slice(page.position(), length);
        page.position(page.position() + length);
        return levelMax == 0 ? null : new RunLengths(levels, width(levelMax));
    }

    private static int width(int levelMax) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(levelMax);
    }

    private Page pageV2(Thrift.Struct header, byte[] data, int size) throws IOException {
        Thrift.Struct own = own(header, 8);
        int count = count(own);
        ByteBuffer levels = ByteBuffer.wrap(data);
        RunLengths repetitions = levels(levels, node.repetitionLevel(), own.integer(6, 0));
        RunLengths definitions = levels(levels, node.definitionLevel(), own.integer(5, 0));
        int from = levels.position();
        Codec used = own.flag(7, true) ? codec : Codec.UNCOMPRESSED;
        ByteBuffer page = used.expand(data, from, data.length - from, size - from);
        return new Page(count, repetitions, definitions, values(own.integer(4, 0), page, count));
    }

    private Values values(int encoding, ByteBuffer page, int count) {
        if (!page.hasRemaining()) {
            return () -> {
                throw new ParquetException("there are fewer values than the page promises");
            };
        }
        return switch (encoding) {
            case 0 -> new PlainValues(leaf, page);
            case 2, 8 -> {
                if (dictionary == null) {
                    throw new ParquetException("column '" + node.name() + "' has no dictionary");
                }
                yield new DictionaryValues(dictionary, page);
            }
            case 3 -> booleans(page);
            case 5 -> new DeltaValues(page, leaf.type() == Leaf.Type.INT64);
            case 6 -> DeltaTexts.ofLengths(page, count);
            case 7 -> DeltaTexts.ofPrefixes(page, count);
            case 9 -> new SplitValues(leaf, page);
            default ->
                throw new ParquetException("column '" + node.name() + "' has the encoding " + encoding);
        };
    }

    private static Values booleans(ByteBuffer page) {
        int length = Integer.reverseBytes(page.getInt());
        RunLengths bits = levels(page, 1, length);
        return () -> bits != null && bits.next() == 1;
    }
}

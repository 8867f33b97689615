package io.forebay.client.dataset;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a NumPy array file.
 *
 * <p>Format:
 * <pre>
 *   0                 6       7       8                10
 *   +-----------------+-------+-------+----------------+---------------------------------------------+
 *   | 0x93 "NUMPY"    | major | minor | length: u16 LE | dictionary as Python text, spaces, newline   |
 *   +-----------------+-------+-------+----------------+---------------------------------------------+
 * </pre>
 * Rows in C order follow. One dimension is read as rows of one column.
 */
record NpyHeader(NpyType type, long rows, int columns, int bytes) {
    static final int PREFIX_BYTES = 10;
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final Pattern DESCR = Pattern.compile("'descr':\\s*'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order':\\s*(True|False)");
    private static final Pattern SHAPE = Pattern
            .compile("'shape':\\s*\\(\\s*(\\d{1,18})\\s*,\\s*(?:(\\d{1,9})\\s*,?\\s*)?\\)");

    /** Length of the text that follows these first bytes. */
    static int textBytes(Path file, byte[] prefix) throws DatasetException {
        for (int i = 0; i < MAGIC.length; i++) {
            if (prefix[i] != MAGIC[i]) {
                throw DatasetException.atOffset(file, i,
                        "not a NumPy array (it does not begin with \\x93NUMPY)");
            }
        }
        if (prefix[6] != 1 || prefix[7] != 0) {
            throw DatasetException.atOffset(file, 6,
                    "NumPy format " + prefix[6] + "." + prefix[7] + ", only 1.0 is read");
        }
        return ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getShort(8) & 0xffff;
    }

    static NpyHeader parse(Path file, byte[] textBytes) throws DatasetException {
        String text = new String(textBytes, StandardCharsets.ISO_8859_1);
        Matcher descr = DESCR.matcher(text);
        Matcher order = ORDER.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        if (!descr.find() || !order.find() || !shape.find()) {
            throw DatasetException.atOffset(file, PREFIX_BYTES,
                    "the header must name descr, fortran_order and a shape of one or two dimensions, and is: "
                            + text.strip());
        }
        if (order.group(1).equals("True")) {
            throw DatasetException.atOffset(file, PREFIX_BYTES, "Fortran order, only C order is read");
        }
        NpyType type = NpyType.of(descr.group(1));
        if (type == null) {
            throw DatasetException.atOffset(file, PREFIX_BYTES,
                    "type '" + descr.group(1) + "', only <f2, <f4, <f8 and <i4 are read");
        }
        long rows = Long.parseLong(shape.group(1));
        int columns = shape.group(2) == null ? 1 : Integer.parseInt(shape.group(2));
        if (columns == 0 || (long) columns * type.bytes() > 1 << 28) {
            throw DatasetException.atOffset(file, PREFIX_BYTES, "a row of " + columns + " columns");
        }
        return new NpyHeader(type, rows, columns, PREFIX_BYTES + textBytes.length);
    }

    /** As NumPy writes it: the rows begin at a multiple of 64. */
    static byte[] format(NpyType type, long rows, int columns) {
        String text = "{'descr': '" + type.descr() + "', 'fortran_order': False, 'shape': (" + rows + ", "
                + columns
                + "), }";
        int length = (PREFIX_BYTES + text.length() + 1 + 63) / 64 * 64 - PREFIX_BYTES;
        ByteBuffer out = ByteBuffer.allocate(PREFIX_BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) length);
        out.put((text + " ".repeat(length - text.length() - 1) + "\n").getBytes(StandardCharsets.ISO_8859_1));
        return out.array();
    }

    int rowBytes() {
        return columns * type.bytes();
    }
}

package io.forebay.etl.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a NumPy array file, format 1.0 to 3.0: magic, version, length (two bytes in 1.0, then four), and a dictionary
 * as Python text.
 *
 * @param bytesPerNumber 2, 4 or 8: float16, float32, float64
 * @param headerBytes    behind which the rows begin, in C order
 */
record NpyHeader(int bytesPerNumber, ByteOrder order, long rows, int columns, int headerBytes) {
    private static final int TEXT_BYTES_MAX = 1 << 16;
    private static final Map<String, Integer> TYPES = Map.of("f2", 2, "f4", 4, "f8", 8);
    private static final Pattern DESCR = Pattern.compile("'descr':\\s*'([<>=|]?)([^']*)'");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order':\\s*True");
    private static final Pattern SHAPE = Pattern
            .compile("'shape':\\s*\\(\\s*(\\d{1,15})L?\\s*,\\s*(\\d{1,9})L?\\s*,?\\s*\\)");

    static NpyHeader read(InputStream in) throws IOException {
        byte[] prefix = in.readNBytes(8);
        require(prefix.length == 8 && prefix[0] == (byte) 0x93 && prefix[1] == 'N',
                "it is not a NumPy array");
        require(prefix[6] >= 1 && prefix[6] <= 3,
                "NumPy format " + prefix[6] + "." + prefix[7] + ", only 1.0 to 3.0 are read");
        int lengthBytes = prefix[6] == 1 ? 2 : 4;
        byte[] length = new byte[4];
        require(in.readNBytes(length, 0, lengthBytes) == lengthBytes, "it ends in its header");
        int textBytes = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt();
        require(textBytes > 0 && textBytes <= TEXT_BYTES_MAX,
                "its header would have " + textBytes + " bytes");
        byte[] text = in.readNBytes(textBytes);
        require(text.length == textBytes, "it ends in its header");
        return parse(new String(text, StandardCharsets.UTF_8), 8 + lengthBytes + textBytes);
    }

    private static NpyHeader parse(String text, int headerBytes) throws UnreadableFileException {
        Matcher descr = DESCR.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        require(descr.find() && TYPES.containsKey(descr.group(2)),
                "its numbers must be float16, float32 or float64"
                        + " (descr <f2, <f4 or <f8), and its header is " + shown(text));
        require(!FORTRAN.matcher(text).find(), "it is in Fortran order, only C order is read");
        require(shape.find(), "its shape must have two dimensions, rows and columns, and its header is "
                + shown(text));
        int columns = Integer.parseInt(shape.group(2));
        require(columns > 0 && columns <= Vectors.DIMENSION_MAX, "its rows have " + columns + " components");
        ByteOrder order = descr.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return new NpyHeader(TYPES.getOrDefault(descr.group(2), 0), order, Long.parseLong(shape.group(1)),
                columns, headerBytes);
    }

    private static String shown(String text) {
        String line = text.strip();
        return line.length() > 200 ? line.substring(0, 200) + "…" : line;
    }

    private static void require(boolean well, String what) throws UnreadableFileException {
        if (!well) {
            throw new UnreadableFileException("The .npy file cannot be read: " + what);
        }
    }

    int rowBytes() {
        return columns * bytesPerNumber;
    }
}

package io.forebay.server.http.route;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;

/**
 * A file of the console, as it is and packed.
 *
 * @param mark what its ETags begin with: another content has another one
 */
record ConsoleFile(byte[] plain, byte[] packed, String mark) {
    static ConsoleFile of(byte[] plain) {
        CRC32C crc = new CRC32C();
        crc.update(plain);
        ByteArrayOutputStream packed = new ByteArrayOutputStream(plain.length / 2);
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ConsoleFile(plain, packed.toByteArray(),
                Long.toHexString(crc.getValue()) + "-" + plain.length);
    }

    boolean isWorthPacking() {
        return packed.length < plain.length;
    }

    /** Quotes included; what is packed is another representation, so it has another one. */
    String tag(boolean isPacked) {
        return "\"" + mark + (isPacked ? "-gz" : "") + "\"";
    }
}

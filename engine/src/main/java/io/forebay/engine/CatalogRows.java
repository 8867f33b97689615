package io.forebay.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The keys of the catalog's rows in RocksDB; {@link CatalogService} tells what they hold. Part of the format. */
final class CatalogRows {
    static final byte TENANT = 't';
    static final byte DATABASE = 'd';
    static final byte COLLECTION = 'c';
    static final byte NEXT_NUMBER = 'n';
    static final byte DROPPED = 'x';

    private CatalogRows() {}

    static byte[] tenant(String name) {
        return key(TENANT, name.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] database(String tenant, String name) {
        byte[] tenantUtf8 = tenant.getBytes(StandardCharsets.UTF_8);
        byte[] nameUtf8 = name.getBytes(StandardCharsets.UTF_8);
        // The length goes first, so that no two pairs make the same key whatever characters they hold.
        return key(DATABASE,
                ByteBuffer.allocate(4 + tenantUtf8.length + nameUtf8.length).putInt(tenantUtf8.length)
                        .put(tenantUtf8).put(nameUtf8).array());
    }

    static byte[] collection(int number) {
        return key(COLLECTION, number(number));
    }

    static byte[] dropped(int number) {
        return key(DROPPED, number(number));
    }

    static byte[] nextNumber() {
        return new byte[]{NEXT_NUMBER};
    }

    static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    private static byte[] key(byte kind, byte[] rest) {
        return ByteBuffer.allocate(1 + rest.length).put(kind).put(rest).array();
    }
}

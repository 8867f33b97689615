package io.forebay.wal;

import java.nio.ByteBuffer;

/**
 * An entry as read back, its checksum verified.
 *
 * @param position where it begins; opaque, for {@link WalReader#seek}
 * @param payload  read-only, little-endian; valid until the reader's next call
 */
public record WalEntry(EntryHeader header, long minSeqId, long maxSeqId, long position, long appendTimeMillis,
        ByteBuffer payload) {}

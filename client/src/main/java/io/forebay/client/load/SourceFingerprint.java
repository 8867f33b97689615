package io.forebay.client.load;

import io.forebay.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What tells one file from another, and from itself after a change: its length, when it was changed, and the SHA-256 of
 * its first and last 64 KiB.
 */
public record SourceFingerprint(long bytes, long modifiedMillis, String ends) {
    private static final int END_BYTES = 64 << 10;
    private static final Pattern TEXT = Pattern.compile("(\\d+) bytes, modified (\\d+), ends ([0-9a-f]{32})");

    public static SourceFingerprint of(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MessageDigest hash = Sha256.digest();
            long size = channel.size();
            digest(channel, 0, hash);
            digest(channel, Math.max(0, size - END_BYTES), hash);
            return new SourceFingerprint(size, Files.getLastModifiedTime(file).toMillis(),
                    HexFormat.of().formatHex(hash.digest(), 0, 16));
        }
    }

    private static void digest(FileChannel channel, long from, MessageDigest hash) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(END_BYTES);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                break;
            }
        }
        hash.update(bytes.flip());
    }

    /** Whether it is the same content, as far as this tells, whenever it was changed. */
    public boolean sameContent(SourceFingerprint other) {
        return bytes == other.bytes && ends.equals(other.ends);
    }

    /** @throws IllegalArgumentException for what {@link #toString} did not give */
    public static SourceFingerprint parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a fingerprint: " + text);
        }
        return new SourceFingerprint(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)),
                matcher.group(3));
    }

    @Override
    public String toString() {
        return bytes + " bytes, modified " + modifiedMillis + ", ends " + ends;
    }
}

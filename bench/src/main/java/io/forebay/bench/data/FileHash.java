package io.forebay.bench.data;

import io.forebay.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/** A file of a dataset by its name, without the folder, and its content. */
public record FileHash(String name, long bytes, String sha256) {

    public static FileHash of(Path file) throws IOException {
        MessageDigest digest = Sha256.digest();
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream digested = new DigestInputStream(in, digest)) {
            long bytes = digested.transferTo(OutputStream.nullOutputStream());
            return new FileHash(String.valueOf(file.getFileName()), bytes, hex(digest));
        }
    }

    /** Of what was made and not read: the float32 values, little-endian, one row after the other. */
    static FileHash of(String name, List<float[]> rows) {
        MessageDigest digest = Sha256.digest();
        long bytes = 0;
        for (float[] row : rows) {
            ByteBuffer encoded = ByteBuffer.allocate(4 * row.length).order(ByteOrder.LITTLE_ENDIAN);
            encoded.asFloatBuffer().put(row);
            digest.update(encoded);
            bytes += 4L * row.length;
        }
        return new FileHash(name, bytes, hex(digest));
    }

    /** One hash for all of them: of their hashes, in this order. */
    public static String ofAll(List<FileHash> files) {
        MessageDigest digest = Sha256.digest();
        files.forEach(file -> digest.update(file.sha256().getBytes(StandardCharsets.US_ASCII)));
        return hex(digest);
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}

package io.forebay.etl.commit;

import io.forebay.model.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The id of a commit: SHA-256 over collection, number, time and, each behind its length, parent, author and message. */
final class CommitIds {
    private CommitIds() {}

    static String of(UUID collection, @Nullable String parent, Draft draft, long timeMillis) {
        return of(collection, parent, draft.number(), draft.author(), draft.message(), timeMillis);
    }

    /** What the id of a commit must be. */
    static String of(CommitInfo commit) {
        return of(commit.collection(), commit.parent(), commit.number(), commit.author(), commit.message(),
                commit.timeMillis());
    }

    private static String of(UUID collection, @Nullable String parent, long number, @Nullable String author,
            @Nullable String message, long timeMillis) {
        MessageDigest digest = Sha256.digest();
        digest.update(ByteBuffer.allocate(4 * Long.BYTES).putLong(collection.getMostSignificantBits())
                .putLong(collection.getLeastSignificantBits()).putLong(number).putLong(timeMillis).flip());
        text(digest, parent);
        text(digest, author);
        text(digest, message);
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void text(MessageDigest digest, @Nullable String text) {
        byte[] utf8 = text == null ? new byte[0] : Keys.utf8(text);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(text == null ? -1 : utf8.length).flip());
        digest.update(utf8);
    }
}

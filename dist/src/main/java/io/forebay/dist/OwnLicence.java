package io.forebay.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What is said of the licence of Forebay itself: {@code LICENSE} in the repository's root, and as long as its owner has
 * chosen none and there is no such file, {@code no-licence.txt}, which says so.
 */
final class OwnLicence {
    private OwnLicence() {}

    static String text(Path root) throws IOException {
        Path chosen = root.resolve("LICENSE");
        return Files.readString(
                Files.exists(chosen) ? chosen : root.resolve("dist/src/main/licenses/no-licence.txt"));
    }

    /** As a field of Debian's copyright file has it: its lines are indented by one, and an empty one is a dot. */
    static String debian(Path root) throws IOException {
        return text(root).strip().replaceAll("(?m)^[ \\t]*$", ".").replace("\n", "\n ");
    }
}

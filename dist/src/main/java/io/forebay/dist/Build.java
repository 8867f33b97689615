package io.forebay.dist;

import java.nio.file.Path;
import java.time.Instant;

/**
 * What is built, from where to where.
 *
 * @param root the repository
 * @param target where everything is made
 * @param time of every file that is handed out
 */
record Build(Path root, Path target, String version, Instant time) {
    /** Of the archive and of the folder in it. */
    String name() {
        return "forebay-" + version + "-" + Main.PLATFORM;
    }

    /** A file of this module that is handed out, perhaps with some words replaced. */
    Path file(String name) {
        return root.resolve("dist/src/main/files").resolve(name);
    }

    /** The SBOM, which Maven's plugin wrote before. */
    Path bom() {
        return target.resolve("forebay.cdx.json");
    }

    /** As Debian orders versions: what is not released yet comes before the release. */
    String debianVersion() {
        return version.replace("-SNAPSHOT", "~snapshot");
    }
}

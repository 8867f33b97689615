package io.forebay.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code --root --target --version --time [--image-base]}: called by Maven behind the SBOM. Leaves in the target folder
 * the folder {@code forebay-<version>-linux-x86_64}, the same as {@code .tar.gz}, {@code forebay_<version>_amd64.deb}
 * and, with a base, {@code forebay-<version>-oci.tar}.
 *
 * <p>Failure: whatever cannot be made, or is not licensed as {@code policy.txt} allows, ends the build.
 */
public final class Main {
    static final String PLATFORM = "linux-x86_64";
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] args) throws IOException {
        Map<String, String> options = options(args);
        Path target = Path.of(needed(options, "target"));
        Build build = new Build(Path.of(needed(options, "root")), target, needed(options, "version"),
                Instant.parse(needed(options, "time")));
        Path folder = new Layout(build).make();
        Path archive = target.resolve(build.name() + ".tar.gz");
        try (TarFile tar = TarFile.gzipped(archive, build.time())) {
            tar.tree(folder, build.name());
        }
        tell(archive);
        tell(new DebPackage(build, folder).write());
        String base = options.getOrDefault("image-base", "");
        if (!base.isEmpty()) {
            tell(new OciImage(build, folder, Path.of(base)).write());
        }
    }

    private static void tell(Path made) throws IOException {
        LOG.info("{}: {} bytes", made.getFileName(), Files.size(made));
    }

    private static Map<String, String> options(String[] args) {
        Map<String, String> options = new HashMap<>();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (!arg.startsWith("--") || equals < 0) {
                throw new IllegalArgumentException(arg + " is not --name=value");
            }
            options.put(arg.substring(2, equals), arg.substring(equals + 1));
        }
        return options;
    }

    private static String needed(Map<String, String> options, String name) {
        String value = options.get(name);
        if (value == null) {
            throw new IllegalArgumentException("--" + name + " is missing");
        }
        return value;
    }
}

package io.forebay.dist;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * The Java runtime in the archive, made by jlink of the JDK that runs this: the modules that Forebay and its libraries
 * use, and those that people need to look into a running server (jcmd, jfr).
 *
 * <p>jdeps names the modules down to jdk.unsupported; the others are found by name at run time only: the cryptography of
 * TLS, zipfs, map modes (Chronicle), DNS by JNDI. jdeps names also java.desktop, for beans and sound that nothing
 * here uses: 15 MB. What was made is run by {@code dist/check.sh}.
 */
final class JavaRuntime {
    static final List<String> MODULES = List.of("java.base", "java.compiler", "java.logging",
            "java.management", "java.naming", "java.net.http", "java.security.jgss", "java.sql", "java.xml",
            "jdk.incubator.vector", "jdk.jfr", "jdk.management", "jdk.unsupported",
            "jdk.crypto.ec", "jdk.jcmd", "jdk.naming.dns", "jdk.net", "jdk.nio.mapmode", "jdk.zipfs");

    private JavaRuntime() {}

    static void make(Path to) throws IOException {
        ToolProvider jlink = ToolProvider.findFirst("jlink")
                .orElseThrow(() -> new IllegalStateException(
                        "this JDK has no jlink: " + System.getProperty("java.home")));
        StringWriter said = new StringWriter();
        try (PrintWriter out = new PrintWriter(said)) {
            int code = jlink.run(out, out, "--add-modules", String.join(",", MODULES), "--strip-debug",
                    "--no-header-files", "--no-man-pages", "--compress", "zip-6", "--generate-cds-archive",
                    "--output", to.toString());
            if (code != 0) {
                throw new IOException("jlink failed: " + said);
            }
        }
        plainFiles(to.resolve("legal"));
    }

    /** Licences that are the same are links; files can be copied anywhere. */
    private static void plainFiles(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path link : paths.filter(Files::isSymbolicLink).toList()) {
                byte[] text = Files.readAllBytes(link);
                Files.delete(link);
                Files.write(link, text);
            }
        }
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        throw new IOException("the runtime has no licences in " + folder);
    }
}

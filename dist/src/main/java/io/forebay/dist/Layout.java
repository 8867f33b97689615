package io.forebay.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.stream.Stream;

/**
 * The folder that is handed out.
 *
 * <pre>
 * bin/forebay, bin/forebay-aot     lib/*.jar, lib/*.options     runtime/       conf/forebay.yaml
 * sample/                          share/                       licenses/      README.md, CHANGELOG.md, docs/,
 *                                                                              examples/, bench/README.md
 * </pre>
 *
 * <p>{@code lib/forebay.jar} holds no class: it is the class path, in the order of the build, as its manifest.
 */
final class Layout {
    /** The line of ./forebay that lists the commands which only talk to a server. */
    private static final Pattern CLIENT_COMMANDS = Pattern.compile("(?m)^ +([a-z]+(?: \\| [a-z]+)+)\\)$");

    private final Build build;
    private final Path folder;

    Layout(Build build) {
        this.build = build;
        this.folder = build.target().resolve(build.name());
    }

    Path make() throws IOException {
        if (!Files.exists(build.bom())) {
            throw new IOException(
                    build.bom() + " is missing: Maven's plugin for it works online only, not with -o");
        }
        delete(folder);
        Files.createDirectories(folder.resolve("lib"));
        List<Path> jars = jars();
        for (Path jar : jars) {
            PlatformJars.copy(jar, folder.resolve("lib"));
        }
        classPath(jars);
        JavaRuntime.make(folder.resolve("runtime"));
        programs();
        copyTree(build.root().resolve("sample"), "sample");
        texts();
        new ThirdParty(build, folder, jars).write();
        return folder;
    }

    /** The server's own jar and what it needs, as Maven ordered it. */
    private List<Path> jars() throws IOException {
        String path = Files.readString(build.target().resolve("classpath")).strip();
        Set<Path> jars = new LinkedHashSet<>();
        for (String one : path.split(System.getProperty("path.separator"), -1)) {
            Path jar = Path.of(one);
            if (!Files.isRegularFile(jar)) {
                throw new IOException(jar + " is no jar: run with mvn -Pdist package");
            }
            if (PlatformJars.wanted(jar)) {
                jars.add(jar);
            }
        }
        return new ArrayList<>(jars);
    }

    private void classPath(List<Path> jars) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.CLASS_PATH,
                String.join(" ", jars.stream().map(jar -> String.valueOf(jar.getFileName())).toList()));
        try (JarOutputStream out = new JarOutputStream(
                Files.newOutputStream(folder.resolve("lib/forebay.jar")))) {
            ZipEntry entry = new ZipEntry("META-INF/MANIFEST.MF");
            entry.setTimeLocal(PlatformJars.ENTRY_TIME);
            out.putNextEntry(entry);
            manifest.write(out);
            out.closeEntry();
        }
    }

    private void programs() throws IOException {
        Matcher commands = CLIENT_COMMANDS.matcher(Files.readString(build.root().resolve("forebay")));
        if (!commands.find()) {
            throw new IOException("./forebay has no line of client commands");
        }
        write("bin/forebay",
                Files.readString(build.file("forebay")).replace("@CLIENT_COMMANDS@", commands.group(1)));
        write("bin/forebay-aot", Files.readString(build.file("forebay-aot")));
        for (String program : List.of("bin/forebay", "bin/forebay-aot")) {
            if (!folder.resolve(program).toFile().setExecutable(true)) {
                throw new IOException(program + " cannot be made a program");
            }
        }
        for (String options : List.of("jvm.options", "launcher.options")) {
            copy(options, "lib/" + options);
        }
    }

    private void texts() throws IOException {
        for (String name : List.of("README.md", "CHANGELOG.md")) {
            copy(name, name);
        }
        write("licenses/FOREBAY.txt", OwnLicence.text(build.root()));
        copy("docs/forebay.yaml", "conf/forebay.yaml");
        copyTree(build.root().resolve("docs"), "docs");
        // What the documentation links to.
        copyTree(build.root().resolve("examples"), "examples");
        copy("bench/README.md", "bench/README.md");
        copy("docs/operations/alerts.yaml", "share/prometheus/forebay-alerts.yaml");
        copy("docs/operations/grafana-dashboard.json", "share/grafana/forebay-dashboard.json");
        copy("dist/Dockerfile", "share/docker/Dockerfile");
        write("share/systemd/forebay.service", unit("/opt/forebay"));
        Files.createDirectories(folder.resolve("share/sbom"));
        Files.copy(build.bom(), folder.resolve("share/sbom/forebay.cdx.json"));
    }

    /** The unit for a Forebay that lies there. */
    private String unit(String home) throws IOException {
        return unit(build, home);
    }

    static String unit(Build build, String home) throws IOException {
        return Files.readString(build.file("forebay.service")).replace("@HOME@", home);
    }

    private void copy(String from, String to) throws IOException {
        Path file = folder.resolve(to);
        Files.createDirectories(file.getParent());
        Files.copy(build.root().resolve(from), file);
    }

    private void write(String to, String text) throws IOException {
        Path file = folder.resolve(to);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void copyTree(Path from, String to) throws IOException {
        for (Path path : TarFile.sorted(from)) {
            Path copy = folder.resolve(to).resolve(from.relativize(path).toString());
            if (Files.isDirectory(path)) {
                Files.createDirectories(copy);
            } else {
                Files.copy(path, copy);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> paths = Files.walk(folder)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}

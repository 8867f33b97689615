package io.forebay.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher, in a copy of the repository's outline with JDKs and a Maven that only say how they were
 * called.
 */
class LauncherTest {
    private static final Path ROOT = Path.of(System.getProperty("forebay.root"));

    @TempDir
    Path folder;
    private Path copy;
    private Path jdks;
    private Path bin;

    private record Outcome(int code, String out, String err) {}

    @BeforeEach
    void outline() throws IOException {
        copy = Files.createDirectories(folder.resolve("a b/copy"));
        jdks = Files.createDirectories(folder.resolve("jdks"));
        bin = Files.createDirectories(folder.resolve("bin"));
        for (String name : List.of("forebay", "jvm.options", "launcher.options")) {
            Files.copy(ROOT.resolve(name), copy.resolve(name));
        }
        executable(copy.resolve("forebay"), Files.readString(ROOT.resolve("forebay")));
        Files.writeString(copy.resolve("pom.xml"), "<project/>");
        Files.createDirectories(copy.resolve("server/src/main/java"));
        for (String tool : List.of("sed", "dirname", "readlink", "find", "head", "cat", "mkdir", "mv",
                "sh")) {
            executable(bin.resolve(tool), "#!/bin/sh\nexec " + which(tool) + " \"$@\"\n");
        }
    }

    private static Path which(String tool) {
        return List.of("/usr/bin", "/bin").stream().map(dir -> Path.of(dir, tool)).filter(Files::isExecutable)
                .findFirst().orElseThrow();
    }

    private static void executable(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = jdks.resolve(name);
        executable(home.resolve("bin/java"), "#!/bin/sh\necho \"" + name + " $*\"\n");
        executable(home.resolve("bin/javac"), "#!/bin/sh\n");
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private void maven(String script) throws IOException {
        executable(bin.resolve("mvn"), "#!/bin/sh\n" + script);
    }

    private Outcome launch(Path launcher, Map<String, String> environment, String... arguments)
            throws Exception {
        ProcessBuilder builder = new ProcessBuilder(launcher.toString());
        builder.command().addAll(List.of(arguments));
        builder.directory(folder.toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of("PATH", bin.toString(), "HOME", folder.toString(), "FOREBAY_JVM_DIR",
                        jdks.toString()));
        builder.environment().putAll(environment);
        Path err = folder.resolve("err");
        Process process = builder.redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), out, Files.readString(err));
    }

    @Test
    void withoutAJdk25ItSaysWhatToInstall() throws Exception {
        jdk("seventeen", "17.0.2");
        jdk("twenty-six", "26");
        Outcome outcome = launch(copy.resolve("forebay"),
                Map.of("JAVA_HOME", jdk("old", "21.0.1").toString()), "demo");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).startsWith("forebay: needs a JDK 25 and found none").contains("apt install",
                "brew install", "JAVA_HOME=");
    }

    @Test
    void withoutMavenItSaysWhatToInstall() throws Exception {
        jdk("good", "25.0.1");
        Outcome outcome = launch(copy.resolve("forebay"), Map.of(), "demo");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("found no mvn").contains("install");
    }

    @Test
    void aFailedBuildIsNotRun() throws Exception {
        jdk("good", "25");
        maven("echo broken; exit 1\n");
        Outcome outcome = launch(copy.resolve("forebay"), Map.of(), "demo");
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains("broken", "the build failed");
        assertThat(launch(copy.resolve("forebay"), Map.of(), "demo").err()).contains("the build failed");
    }

    @Test
    void itBuildsOnceAndAgainWhenASourceIsNewer() throws Exception {
        Path home = jdk("good", "25.0.1");
        Path builds = folder.resolve("builds");
        maven("echo built with $JAVA_HOME >> '" + builds + "'\n/bin/mkdir -p server/target\n"
                + "echo a.jar:b.jar > server/target/classpath\n");

        Outcome first = launch(copy.resolve("forebay"), Map.of(), "run", "--port", "1 2");
        launch(copy.resolve("forebay"), Map.of(), "run");
        assertThat(first.err()).contains("forebay: building");
        assertThat(Files.readAllLines(builds)).containsExactly("built with " + home);
        assertThat(first.out())
                .isEqualTo("good @" + copy + "/jvm.options @" + copy + "/launcher.options -Dforebay.root="
                        + copy + " -cp " + copy
                        + "/server/target/classes:a.jar:b.jar io.forebay.server.Main run --port 1 2\n");

        Path source = Files.writeString(copy.resolve("server/src/main/java/A.java"), "class A {}");
        Files.setLastModifiedTime(source, FileTime
                .fromMillis(System.currentTimeMillis() + 5_000));
        launch(copy.resolve("forebay"), Map.of(), "run");
        assertThat(Files.readAllLines(builds)).hasSize(2);
    }

    @Test
    void itWorksThroughLinksAndTakesFurtherOptions() throws Exception {
        jdk("good", "25.0.1");
        maven("/bin/mkdir -p server/target\necho a.jar > server/target/classpath\n");
        Path links = Files.createDirectories(folder.resolve("links"));
        Files.createSymbolicLink(links.resolve("one"), Path.of("../a b/copy/forebay"));
        Files.createSymbolicLink(links.resolve("two"), links.resolve("one"));

        Outcome outcome = launch(links.resolve("two"), Map.of("FOREBAY_JVM_OPTS", "-Xmx1g -Dx=y"), "version");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("-Xmx1g -Dx=y -Dforebay.root=" + copy.toRealPath() + " ");
    }

    @Test
    void javaHomeIsPreferredToTheUsualPlaces() throws Exception {
        jdk("aaa", "25");
        Path home = Files.createDirectories(folder.resolve("elsewhere"));
        Files.move(jdk("mine", "25.0.2"), home.resolve("mine"));
        maven("/bin/mkdir -p server/target\necho a.jar > server/target/classpath\n");

        Outcome outcome = launch(copy.resolve("forebay"),
                Map.of("JAVA_HOME", home.resolve("mine").toString()), "x");

        assertThat(outcome.out()).startsWith("mine ");
    }
}

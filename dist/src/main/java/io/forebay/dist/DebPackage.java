package io.forebay.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * The Debian package: an {@code ar} of {@code debian-binary}, {@code control.tar.gz} and {@code data.tar.gz}. The program
 * goes to {@code /usr/lib/forebay}, its configuration to {@code /etc/forebay} as a conffile, the unit is enabled and not
 * started.
 */
final class DebPackage {
    private static final String HOME = "usr/lib/forebay";
    private static final String DOC = "usr/share/doc/forebay";
    private static final String UNIT = "usr/lib/systemd/system/forebay.service";
    /** Together in one folder, as in the archive, so that what links to the other is not broken. */
    private static final Pattern TO_READ = Pattern.compile("[A-Z]+\\.md|(docs|examples|bench)/.*");

    private final Build build;
    private final Path folder;
    /** By name without "./": what DEBIAN/md5sums lists, in its order. */
    private final TreeMap<String, Path> files = new TreeMap<>();
    private final TreeMap<String, byte[]> texts = new TreeMap<>();

    DebPackage(Build build, Path folder) throws IOException {
        this.build = build;
        this.folder = folder;
        for (Path path : TarFile.sorted(folder)) {
            String name = folder.relativize(path).toString();
            if (Files.isRegularFile(path) && !name.startsWith("conf/")
                    && !name.startsWith("share/systemd/")) {
                files.put((TO_READ.matcher(name).matches() ? DOC : HOME) + "/" + name, path);
            }
        }
        texts.put("etc/forebay/forebay.yaml", configuration());
        texts.put(UNIT, bytes(Layout.unit(build, "/" + HOME)));
        texts.put(DOC + "/copyright",
                bytes(Files.readString(build.file("deb/copyright"))
                        .replace("@LICENCE@", OwnLicence.debian(build.root()))));
        texts.put(DOC + "/changelog.gz", changelog());
    }

    Path write() throws IOException {
        Path made = build.target().resolve("forebay_" + build.debianVersion() + "_amd64.deb");
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        try (TarFile tar = TarFile.gzipped(data, build.time())) {
            data(tar);
        }
        ByteArrayOutputStream control = new ByteArrayOutputStream();
        try (TarFile tar = TarFile.gzipped(control, build.time())) {
            control(tar);
        }
        try (ArArchiveOutputStream ar = new ArArchiveOutputStream(Files.newOutputStream(made))) {
            part(ar, "debian-binary", bytes("2.0\n"));
            part(ar, "control.tar.gz", control.toByteArray());
            part(ar, "data.tar.gz", data.toByteArray());
        }
        return made;
    }

    private void part(ArArchiveOutputStream ar, String name, byte[] content) throws IOException {
        ar.putArchiveEntry(
                new ArArchiveEntry(name, content.length, 0, 0, 0100644, build.time().getEpochSecond()));
        ar.write(content);
        ar.closeArchiveEntry();
    }

    private void data(TarFile tar) throws IOException {
        TreeMap<String, Boolean> all = new TreeMap<>();
        files.keySet().forEach(name -> all.put(name, true));
        texts.keySet().forEach(name -> all.put(name, true));
        all.put("usr/bin/forebay", true);
        for (String name : all.keySet().toArray(String[]::new)) {
            for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
                all.put(name.substring(0, slash), false);
            }
        }
        tar.folder("./", 0755);
        for (var entry : all.entrySet()) {
            String name = entry.getKey();
            if (!entry.getValue()) {
                tar.folder("./" + name, 0755);
            } else if (texts.containsKey(name)) {
                tar.file("./" + name, texts.get(name), Modes.FILE);
            } else if (files.containsKey(name)) {
                Path file = files.get(name);
                tar.file("./" + name, file, Modes.of(file, folder.relativize(file).toString()));
            } else {
                tar.link("./" + name, "../lib/forebay/bin/forebay");
            }
        }
    }

    private void control(TarFile tar) throws IOException {
        long bytes = 0;
        StringBuilder sums = new StringBuilder();
        for (var file : files.entrySet()) {
            bytes += Files.size(file.getValue());
            sums.append(md5(Files.readAllBytes(file.getValue()))).append("  ").append(file.getKey())
                    .append('\n');
        }
        for (var text : texts.entrySet()) {
            bytes += text.getValue().length;
            if (!text.getKey().startsWith("etc/")) {
                sums.append(md5(text.getValue())).append("  ").append(text.getKey()).append('\n');
            }
        }
        tar.folder("./", 0755);
        tar.file("./conffiles", "/etc/forebay/forebay.yaml\n", Modes.FILE);
        tar.file("./control", Files.readString(build.file("deb/control"))
                .replace("@VERSION@", build.debianVersion())
                .replace("@KILOBYTES@", Long.toString(bytes / 1024)), Modes.FILE);
        tar.file("./md5sums", sums.toString(), Modes.FILE);
        for (String script : new String[]{"postinst", "postrm", "prerm"}) {
            tar.file("./" + script, Files.readString(build.file("deb/" + script)), Modes.PROGRAM);
        }
    }

    private byte[] configuration() throws IOException {
        String text = Files.readString(folder.resolve("conf/forebay.yaml"));
        String changed = text.replaceFirst("(?m)^  path: .*$", "  path: /var/lib/forebay");
        if (changed.equals(text)) {
            throw new IOException("conf/forebay.yaml has no server.path");
        }
        return bytes(changed);
    }

    /** In Debian's form, which names this package; what changed in Forebay is in CHANGELOG.md beside it. */
    private byte[] changelog() throws IOException {
        String date = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ENGLISH)
                .format(build.time().atOffset(ZoneOffset.UTC));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        GzipParameters parameters = new GzipParameters();
        parameters.setCompressionLevel(9);
        try (OutputStream out = new GzipCompressorOutputStream(packed, parameters)) {
            out.write(bytes(
                    Files.readString(build.file("deb/changelog")).replace("@VERSION@", build.debianVersion())
                            .replace("@DATE@", date)));
        }
        return packed.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String md5(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

package io.forebay.dist;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code licenses/}: {@code THIRD-PARTY.txt} lists every library with the licence that was chosen; beside it the texts of
 * these licences, and in a folder for each jar the licences and notices that the jar itself carries.
 *
 * <p>Failure: a library whose licences are all unknown to {@link LicencePolicy}, or a jar that the SBOM does not list,
 * ends the build.
 */
final class ThirdParty {
    private static final Logger LOG = LoggerFactory.getLogger(ThirdParty.class);
    private static final Pattern NOTICE = Pattern.compile(
            "(?i)(.*/)?[^/]*(licen[cs]e|notice|copying|copyright)[^/]*|meta-inf/license/[^/]+");

    private final Build build;
    private final Path licences;
    private final List<Path> jars;

    ThirdParty(Build build, Path folder, List<Path> jars) {
        this.build = build;
        this.licences = folder.resolve("licenses");
        this.jars = jars;
    }

    void write() throws IOException {
        Path sources = build.root().resolve("dist/src/main/licenses");
        LicencePolicy policy = LicencePolicy.read(sources.resolve("policy.txt"));
        Files.createDirectories(licences);
        Map<String, List<String>> byLicence = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        TreeSet<String> listed = new TreeSet<>();
        for (Bom.Component one : Bom.read(build.bom())) {
            if (one.group().equals("io.forebay")) {
                continue;
            }
            listed.add(one.name() + "-" + one.version());
            String chosen = policy.choose(one, faults);
            byLicence.computeIfAbsent(chosen, licence -> new ArrayList<>()).add(one.coordinates());
        }
        for (Path jar : jars) {
            String name = String.valueOf(jar.getFileName()).replaceFirst("\\.jar$", "");
            if (!name.startsWith("forebay-") && listed.stream().noneMatch(name::startsWith)) {
                faults.add(name + " is not in the SBOM");
            }
            notices(jar, name);
        }
        if (!faults.isEmpty()) {
            throw new IOException("licences: " + String.join("; ", faults) + " (see " + sources + ")");
        }
        texts(sources, byLicence);
        LOG.info("licences of {} libraries: {}", listed.size(), byLicence.keySet());
    }

    private void texts(Path sources, Map<String, List<String>> byLicence) throws IOException {
        StringBuilder text = new StringBuilder(Files.readString(sources.resolve("head.txt")));
        for (var entry : byLicence.entrySet()) {
            Path from = sources.resolve(entry.getKey() + ".txt");
            if (!Files.exists(from)) {
                throw new IOException("the text of " + entry.getKey() + " is missing in " + sources);
            }
            Files.copy(from, licences.resolve(entry.getKey() + ".txt"));
            text.append("\n").append(entry.getKey()).append("\n").append("-".repeat(entry.getKey().length()))
                    .append("\n");
            entry.getValue().stream().sorted().forEach(one -> text.append("  ").append(one).append('\n'));
        }
        Files.writeString(licences.resolve("THIRD-PARTY.txt"), text);
    }

    /** What the jar says about its licence and about those whose work it holds. */
    private void notices(Path jar, String name) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : zip.stream().map(e -> (ZipEntry) e).toList()) {
                String path = entry.getName();
                boolean text = NOTICE.matcher(path).matches() && !path.endsWith(".class")
                        && !entry.isDirectory();
                boolean listing = path.equals("ThirdPartyNotices.txt");
                if (text || listing) {
                    Path to = licences.resolve(name).resolve(path.substring(path.lastIndexOf('/') + 1)
                            .toLowerCase(Locale.ROOT));
                    Files.createDirectories(licences.resolve(name));
                    try (InputStream in = zip.getInputStream(entry)) {
                        Files.write(to, in.readAllBytes());
                    }
                }
            }
        }
    }
}

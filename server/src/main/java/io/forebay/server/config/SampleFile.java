package io.forebay.server.config;

import java.util.Map;

/** The sample configuration file: every key with its meaning, range, variable and default. */
public final class SampleFile {
    private static final int WIDTH = 100;
    private static final Map<String, String> SECTIONS = Map.of("server", "Network and place", "auth",
            "Who may do what", "catalog", "What exists", "ingest",
            "From the log into the segments", "wal", "The log", "index", "Segments", "query", "Reads",
            "imports", "Files become records", "backup", "Backups", "log",
            "What the server writes about itself");

    private SampleFile() {}

    public static String text() {
        StringBuilder out = new StringBuilder(
                """
                        # Forebay's configuration: every key with its default. Give it to the server with
                        #   ./forebay run --config forebay.yaml
                        # (a forebay.yaml in the current directory is read by itself). A key may be left out.
                        # The variable named with each key wins over this file; flags win over both.
                        # Bytes may be written 64KiB, 256MiB, 8GiB. This file is printed by: ./forebay config
                        """);
        String section = "";
        for (ConfigKey key : ConfigKey.values()) {
            if (!key.section().equals(section)) {
                section = key.section();
                out.append("\n# ---- ").append(SECTIONS.getOrDefault(section, section)).append(" ----\n");
                out.append(section).append(":\n");
            }
            comment(key.help(), out);
            String alias = key.alias();
            comment("Range: " + key.range() + ". Variable: " + key.variable()
                    + (alias == null
                            ? ""
                            : " (or " + (alias.startsWith("CHROMA_") ? "Chroma's " : "") + alias + ")"),
                    out);
            out.append("  ").append(key.shortName()).append(": ").append(key.defaultText()).append('\n');
        }
        return out.toString();
    }

    /** Wrapped comment lines. */
    private static void comment(String text, StringBuilder out) {
        StringBuilder line = new StringBuilder("  #");
        for (String word : text.split(" ")) {
            if (line.length() + 1 + word.length() > WIDTH) {
                out.append(line).append('\n');
                line = new StringBuilder("  #");
            }
            line.append(' ').append(word);
        }
        out.append(line).append('\n');
    }
}

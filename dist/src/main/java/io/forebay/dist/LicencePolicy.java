package io.forebay.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which licences may be handed out, in the order in which they are preferred: {@code policy.txt} has lines {@code SPDX-ID},
 * {@code name of a licence = SPDX-ID} for what libraries call it, and {@code group:artifact => SPDX-ID} where what a
 * library says of itself is wrong or missing and a person looked.
 */
final class LicencePolicy {
    private final Map<String, String> names = new LinkedHashMap<>();
    private final Map<String, String> looked = new LinkedHashMap<>();
    private final Map<String, Integer> allowed = new LinkedHashMap<>();

    static LicencePolicy read(Path file) throws IOException {
        LicencePolicy policy = new LicencePolicy();
        for (String line : Files.readAllLines(file)) {
            String text = line.strip();
            if (!text.isEmpty() && !text.startsWith("#")) {
                policy.add(text);
            }
        }
        return policy;
    }

    private void add(String text) {
        if (text.contains(" => ")) {
            String[] parts = text.split(" => ", 2);
            looked.put(parts[0].strip(), parts[1].strip());
        } else if (text.contains(" = ")) {
            String[] parts = text.split(" = ", 2);
            names.put(parts[0].strip(), parts[1].strip());
        } else {
            allowed.put(text, allowed.size());
        }
    }

    /** The licence under which this library is taken; what is wrong with it goes to the faults. */
    String choose(Bom.Component library, List<String> faults) {
        String looked = this.looked.get(library.group() + ":" + library.name());
        if (looked != null) {
            return looked;
        }
        String best = null;
        for (String licence : library.licences()) {
            String id = names.getOrDefault(licence, licence);
            Integer rank = allowed.get(id);
            if (rank != null && (best == null || rank < allowed.getOrDefault(best, Integer.MAX_VALUE))) {
                best = id;
            }
        }
        if (best == null) {
            faults.add(library.coordinates() + " is under " + library.licences());
            return "unknown";
        }
        return best;
    }
}

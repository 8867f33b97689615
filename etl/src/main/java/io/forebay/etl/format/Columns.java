package io.forebay.etl.format;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The names that a header row gives to columns. */
final class Columns {
    private Columns() {}

    /** @param where the row is, as a message begins: {@code line 1} */
    static void check(List<String> names, String where) throws UnreadableFileException {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).isBlank()) {
                throw new UnreadableFileException(
                        "The header (" + where + ") has no name for column " + (i + 1));
            }
            if (names.get(i).indexOf('\0') >= 0) {
                throw new UnreadableFileException(
                        "The header (" + where + ") has a NUL character in the name of"
                                + " column " + (i + 1) + ": is the charset another?");
            }
            if (!seen.add(names.get(i))) {
                throw new UnreadableFileException("The header (" + where + ") has the name '" + names.get(i)
                        + "' twice, the second time for column " + (i + 1));
            }
        }
    }
}

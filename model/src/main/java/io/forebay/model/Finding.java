package io.forebay.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a look at a store found: what, where, what it means, what to do. {@link #toString} is the line for
 * people.
 *
 * @param isDamage   false for a note: worth knowing, and nothing is wrong
 * @param code       names the kind, for scripts; lower case with dashes
 * @param part       which part of the store: {@code log}, {@code records}, {@code vectors} ...
 * @param where      a file, and a place in it; null when collection and id say it
 * @param collection number of the collection; 0 for none
 * @param name       of the collection, when it is known
 * @param id         of the record, when it is one and known
 * @param meaning    what it means for who uses the store
 * @param advice     what to do
 * @param rebuild    what {@code forebay rebuild --what} must be told to mend it; null when it cannot
 */
public record Finding(boolean isDamage, String code, String part, @Nullable String where, int collection,
        @Nullable String name, @Nullable String id, String what, String meaning, String advice,
        @Nullable String rebuild) {

    /** What cannot be derived from the rest of the store. */
    public static final String FROM_BACKUP = "restore a backup, or load what is missing again";

    public Finding {
        Objects.requireNonNull(what);
    }

    public static Finding damage(String code, String part, String what) {
        return new Finding(true, code, part, null, 0, null, null, what, "", "", null);
    }

    public static Finding note(String code, String part, String what) {
        return new Finding(false, code, part, null, 0, null, null, what, "", "", null);
    }

    public Finding at(Object place) {
        return new Finding(isDamage, code, part, place.toString(), collection, name, id, what, meaning,
                advice, rebuild);
    }

    public Finding in(int number) {
        return new Finding(isDamage, code, part, where, number, name, id, what, meaning, advice, rebuild);
    }

    public Finding named(@Nullable String collectionName) {
        return new Finding(isDamage, code, part, where, collection, collectionName, id, what, meaning, advice,
                rebuild);
    }

    public Finding of(@Nullable String record) {
        return new Finding(isDamage, code, part, where, collection, name, record, what, meaning, advice,
                rebuild);
    }

    public Finding means(String text) {
        return new Finding(isDamage, code, part, where, collection, name, id, what, text, advice, rebuild);
    }

    public Finding what(String text) {
        return new Finding(isDamage, code, part, where, collection, name, id, text, meaning, advice, rebuild);
    }

    public Finding todo(String text) {
        return new Finding(isDamage, code, part, where, collection, name, id, what, meaning, text, rebuild);
    }

    /** To be mended with {@code forebay rebuild --what}. */
    public Finding rebuildable(String whatOf) {
        return new Finding(isDamage, code, part, where, collection, name, id, what, meaning,
                "forebay rebuild --what " + whatOf, whatOf);
    }

    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(isDamage ? "damage: " : "note: ").append(part);
        if (collection != 0) {
            line.append(", collection ").append(collection);
            line.append(name == null ? "" : " (" + name + ")");
        }
        line.append(id == null ? "" : ", id [" + id + "]");
        line.append(where == null ? "" : ", " + where).append(": ").append(what);
        line.append(meaning.isEmpty() ? "" : "; " + meaning);
        return line.append(advice.isEmpty() ? "" : "; to do: " + advice).toString();
    }
}

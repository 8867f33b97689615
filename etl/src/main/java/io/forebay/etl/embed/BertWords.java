package io.forebay.etl.embed;

import java.text.Normalizer;
import java.util.function.Predicate;

/**
 * The first half of the tokenizer that BERT's uncased models were trained with: control characters go, every kind of white
 * space parts words, Chinese characters and punctuation are words of their own, accents go, letters become small.
 *
 * <p>Unicode moves on and the reference (the {@code tokenizers} library) has tables of an older one, so characters that are
 * younger than those may be taken differently; both sides then make {@code [UNK]} of them nearly always.
 */
final class BertWords {
    /** Characters that are normalised together at least; at most twice as many. */
    private static final int PIECE = 1024;

    private BertWords() {}

    /** Gives each word in turn, until {@code words} says that it wants no more. */
    static void split(String text, Predicate<String> words) {
        if (isPlain(text)) {
            splitPlain(text, words);
        } else {
            splitAny(text, words);
        }
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** Nearly all text is ASCII, and then all this is simple. */
    private static void splitPlain(String text, Predicate<String> words) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                word.append((char) (c + ('a' - 'A')));
            } else if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
                word.append(c);
            } else if (c > ' ' && c != 0x7f) {
                if (!give(word, words) || !words.test(String.valueOf(c))) {
                    return;
                }
            } else if ((c == ' ' || c == '\t' || c == '\n' || c == '\r') && !give(word, words)) {
                return;
            }
        }
        give(word, words);
    }

    /** Piece by piece, because only the beginning of a long text is wanted. */
    private static void splitAny(String text, Predicate<String> words) {
        StringBuilder word = new StringBuilder();
        for (int from = 0; from < text.length();) {
            int to = pieceEnd(text, from);
            if (!splitPiece(normalize(text.substring(from, to)), word, words)) {
                return;
            }
            from = to;
        }
        give(word, words);
    }

    /**
     * Normalising puts nothing but combining marks into another order, never across a letter or a digit, so pieces that
     * begin with one become together what the whole becomes. Where there is none for a long stretch a piece ends all the
     * same, between two characters: putting thousands of marks into order takes the square of their number.
     */
    private static int pieceEnd(String text, int from) {
        int at = from + PIECE;
        while (at < text.length() && at < from + 2 * PIECE) {
            if (Character.isLetterOrDigit(text.codePointAt(at))
                    && !Character.isHighSurrogate(text.charAt(at - 1))) {
                return at;
            }
            at++;
        }
        if (at < text.length() && Character.isHighSurrogate(text.charAt(at - 1))) {
            at++;
        }
        return Math.min(at, text.length());
    }

    /** The last word of a piece may go on in the next one. */
    private static boolean splitPiece(String normal, StringBuilder word, Predicate<String> words) {
        for (int i = 0; i < normal.length();) {
            int c = normal.codePointAt(i);
            i += Character.charCount(c);
            if (isSpace(c)) {
                if (!give(word, words)) {
                    return false;
                }
            } else if (isPunctuation(c)) {
                if (!give(word, words) || !words.test(Character.toString(c))) {
                    return false;
                }
            } else {
                word.appendCodePoint(c);
            }
        }
        return true;
    }

    private static boolean give(StringBuilder word, Predicate<String> words) {
        boolean more = word.isEmpty() || words.test(word.toString());
        word.setLength(0);
        return more;
    }

    private static String normalize(String text) {
        StringBuilder clean = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            if (isSpace(c)) {
                clean.append(' ');
            } else if (isChinese(c)) {
                clean.append(' ').appendCodePoint(c).append(' ');
            } else if (!isDropped(c)) {
                clean.appendCodePoint(c);
            }
        });
        StringBuilder normal = new StringBuilder(clean.length());
        Normalizer.normalize(clean, Normalizer.Form.NFD).codePoints()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                .forEach(c -> appendLower(normal, c));
        return normal.toString();
    }

    /** One character for itself: a final sigma is none here. */
    private static void appendLower(StringBuilder normal, int c) {
        if (c == 0x130) {
            normal.append("i\u0307");
        } else {
            normal.appendCodePoint(Character.toLowerCase(c));
        }
    }

    private static boolean isSpace(int c) {
        return c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c);
    }

    private static boolean isDropped(int c) {
        if (c == 0xfffd) {
            return true;
        }
        int type = Character.getType(c);
        return type == Character.CONTROL || type == Character.FORMAT || type == Character.PRIVATE_USE
                || type == Character.SURROGATE;
    }

    private static boolean isPunctuation(int c) {
        if (c < 0x80) {
            return c > ' ' && c < 0x7f && !Character.isLetterOrDigit(c);
        }
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION, Character.DASH_PUNCTUATION, Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION, Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION, Character.OTHER_PUNCTUATION ->
                true;
            default -> false;
        };
    }

    /** The blocks that BERT's authors named, not all of Han; Japanese syllables and Korean are written in words. */
    private static boolean isChinese(int c) {
        return c >= 0x4E00 && c <= 0x9FFF || c >= 0x3400 && c <= 0x4DBF || c >= 0x20000 && c <= 0x2A6DF
                || c >= 0x2A700 && c <= 0x2B73F || c >= 0x2B740 && c <= 0x2B81F
                || c >= 0x2B920 && c <= 0x2CEAF || c >= 0xF900 && c <= 0xFAFF || c >= 0x2F800 && c <= 0x2FA1F;
    }
}

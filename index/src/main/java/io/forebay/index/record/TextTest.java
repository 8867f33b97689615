package io.forebay.index.record;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.forebay.model.ForebayException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A question about a document's UTF-8 text, the first {@code length} of the bytes. Immutable; any thread. */
interface TextTest {
    boolean test(byte[] bytes, int length);

    /** Substring, byte by byte, which for UTF-8 is character by character; by Horspool's shifts. */
    final class Contains implements TextTest {
        private final byte[] wanted;
        private final int[] shifts = new int[256];

        Contains(String wanted) {
            this.wanted = wanted.getBytes(StandardCharsets.UTF_8);
            int last = this.wanted.length - 1;
            Arrays.fill(shifts, this.wanted.length);
            for (int i = 0; i < last; i++) {
                shifts[this.wanted[i] & 0xFF] = last - i;
            }
        }

        @Override
        public boolean test(byte[] bytes, int length) {
            int last = wanted.length - 1;
            if (last < 0) {
                return true;
            }
            byte lastByte = wanted[last];
            int at = last;
            while (at < length) {
                byte there = bytes[at];
                if (there == lastByte && Arrays.equals(bytes, at - last, at, wanted, 0, last)) {
                    return true;
                }
                at += shifts[there & 0xFF];
            }
            return false;
        }
    }

    /**
     * Unanchored; RE2/J takes time linear in the text, whatever the pattern.
     *
     * <p>In bytes RE2/J 1.8 takes every place behind a character beyond ASCII for the beginning of the text:
     * {@code (^| )foo} is found in {@code éfoo}. In a string it does not, so such a text is decoded when the
     * pattern may ask.
     */
    final class Regex implements TextTest {
        private final Pattern pattern;
        private final boolean asksForBegin;

        Regex(String regex) {
            asksForBegin = regex.contains("^") || regex.contains("\\A");
            String refusal = RegexFolding.refusal(regex);
            if (refusal != null) {
                throw ForebayException.invalid("Regex syntax errror: regex parse error: " + refusal);
            }
            try {
                pattern = Pattern.compile(regex);
            } catch (PatternSyntaxException e) {
                throw ForebayException.invalid("Regex syntax errror: regex parse error: " + e.getMessage());
            } catch (StackOverflowError e) {
                throw ForebayException.invalid("Regex syntax errror: regex parse error: nested too deeply");
            }
        }

        @Override
        public boolean test(byte[] bytes, int length) {
            try {
                return found(bytes, length);
            } catch (StackOverflowError e) {
                // The library walks what matches nothing by itself, such as (a*)*(a*)*..., by recursion.
                throw ForebayException.invalid("Validation error: where: the regex is too large to be matched"
                        + " (limit filter.regex_size)");
            }
        }

        private boolean found(byte[] bytes, int length) {
            return asksForBegin && !isAscii(bytes, length)
                    ? pattern.matcher(new String(bytes, 0, length, StandardCharsets.UTF_8)).find()
                    : pattern.matcher(Arrays.copyOf(bytes, length)).find();
        }

        private static boolean isAscii(byte[] bytes, int length) {
            for (int i = 0; i < length; i++) {
                if (bytes[i] < 0) {
                    return false;
                }
            }
            return true;
        }
    }
}

package io.forebay.etl.embed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The second half of BERT's tokenizer: a word becomes the numbers of the longest pieces of the vocabulary that it can be put
 * together from, left to right. It agrees with the reference, the {@code tokenizers} library, on all of a large set of real
 * texts and on odd ones (WordPieceTest); that library would bring 15 MB of native code for each kind of machine, and fetches
 * it from the network where it finds none.
 *
 * <p>Threads: any; nothing changes after it was read.
 *
 * <p>Format of the vocabulary: {@code tokenizer.json} of Hugging Face, of which {@code model.vocab} is read.
 */
final class WordPiece {
    /** A longer word is unknown as a whole. */
    private static final int WORD_CHARACTERS_MAX = 100;
    private static final String CONTINUES = "##";
    private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

    private final Map<String, Integer> vocabulary;
    private final int unknown;
    private final int first;
    private final int last;

    private WordPiece(Map<String, Integer> vocabulary) throws IOException {
        this.vocabulary = vocabulary;
        unknown = special("[UNK]");
        first = special("[CLS]");
        last = special("[SEP]");
    }

    private int special(String token) throws IOException {
        Integer id = vocabulary.get(token);
        if (id == null) {
            throw new IOException("The vocabulary has no " + token);
        }
        return id;
    }

    static WordPiece read(InputStream tokenizerJson) throws IOException {
        Map<String, Integer> vocabulary = new HashMap<>(80_000);
        try (JsonParser parser = new JsonFactory().createParser(tokenizerJson)) {
            enter(parser, "model");
            enter(parser, "vocab");
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String piece = parser.currentName();
                parser.nextToken();
                vocabulary.put(piece, parser.getIntValue());
            }
        }
        return new WordPiece(vocabulary);
    }

    /** Goes into the object of that name in the object at hand. */
    private static void enter(JsonParser parser, String name) throws IOException {
        if (parser.currentToken() == null) {
            parser.nextToken();
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean found = parser.currentName().equals(name);
            parser.nextToken();
            if (found) {
                return;
            }
            parser.skipChildren();
        }
        throw new IOException("No \"" + name + "\" in the tokenizer's file");
    }

    /**
     * The numbers of a text with those of its beginning and its end; cut off at {@code tokensMax}, the two among them. What
     * stands behind the cut is not looked at, and the time is linear in what is.
     */
    int[] encode(String text, int tokensMax) {
        Tokens tokens = new Tokens(tokensMax);
        tokens.add(first);
        // What stands before [CLS] and its like in a text is taken for itself, and they for what they are.
        int from = 0;
        for (int open = text.indexOf('['); open >= 0
                && !tokens.isFull(); open = text.indexOf('[', open + 1)) {
            String token = special(text, open);
            if (token != null) {
                BertWords.split(text.substring(from, open), word -> addWord(word, tokens));
                Integer id = vocabulary.get(token);
                tokens.add(id == null ? unknown : id);
                from = open + token.length();
            }
        }
        if (!tokens.isFull()) {
            BertWords.split(from == 0 ? text : text.substring(from), word -> addWord(word, tokens));
        }
        return tokens.end(last);
    }

    /** The token that stands for itself at this place; null for none. */
    private static @Nullable String special(String text, int at) {
        for (String token : SPECIAL) {
            if (text.startsWith(token, at)) {
                return token;
            }
        }
        return null;
    }

    /** Whether there is room for more. */
    private boolean addWord(String word, Tokens tokens) {
        if (!tokens.isFull()) {
            addPieces(word, tokens);
        }
        return !tokens.isFull();
    }

    private void addPieces(String word, Tokens tokens) {
        Integer whole = vocabulary.get(word);
        if (whole != null) {
            tokens.add(whole);
            return;
        }
        if (word.codePointCount(0, word.length()) > WORD_CHARACTERS_MAX) {
            tokens.add(unknown);
            return;
        }
        int begin = tokens.size();
        for (int from = 0; from < word.length();) {
            int to = word.length();
            Integer id = null;
            while (to > from && (id = vocabulary.get(piece(word, from, to))) == null) {
                to = word.offsetByCodePoints(to, -1);
            }
            if (id == null) {
                tokens.cutTo(begin);
                tokens.add(unknown);
                return;
            }
            tokens.add(id);
            from = to;
        }
    }

    private static String piece(String word, int from, int to) {
        return from == 0 ? word.substring(0, to) : CONTINUES + word.substring(from, to);
    }

    /** Numbers up to a maximum; what comes after it is not kept. */
    private static final class Tokens {
        private final int max;
        private int[] ids = new int[64];
        private int size;

        Tokens(int tokensMax) {
            max = tokensMax - 1;
        }

        boolean isFull() {
            return size >= max;
        }

        int size() {
            return size;
        }

        /** One word may go beyond the maximum, because its last piece says whether it is known at all. */
        void add(int id) {
            if (size == ids.length) {
                ids = Arrays.copyOf(ids, size * 2);
            }
            ids[size++] = id;
        }

        void cutTo(int newSize) {
            size = newSize;
        }

        int[] end(int last) {
            size = Math.min(size, max);
            add(last);
            return Arrays.copyOf(ids, size);
        }
    }
}

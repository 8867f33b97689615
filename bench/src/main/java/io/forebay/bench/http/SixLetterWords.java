package io.forebay.bench.http;

import io.forebay.bench.load.BatchSource;
import io.forebay.bench.load.BenchData;
import io.forebay.bench.load.Payload;
import io.forebay.model.RecordBatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words of six small letters that documents of the dataset have, each as likely as any other. */
final class SixLetterWords {
    private static final Pattern WORD = Pattern.compile("\\b[a-z]{6}\\b");

    private SixLetterWords() {}

    static List<String> of(BenchData data, int count) {
        TreeSet<String> words = new TreeSet<>();
        BatchSource source = new BatchSource(data, Payload.RECORDS, 1000, data.size());
        for (RecordBatch batch = source.next(); batch != null; batch = source.next()) {
            for (int i = 0; i < batch.size(); i++) {
                String document = batch.document(i);
                Matcher matcher = WORD.matcher(document == null ? "" : document);
                while (matcher.find()) {
                    words.add(matcher.group());
                }
            }
        }
        List<String> shuffled = new ArrayList<>(words);
        Collections.shuffle(shuffled, new Random(1));
        return shuffled.subList(0, Math.min(count, shuffled.size()));
    }
}

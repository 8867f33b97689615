package io.forebay.server.cli;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Flow;
import java.util.function.LongConsumer;

/**
 * A form with fields and files, sent as a stream: its length is known and the files are read while they are sent. Parts
 * are added first, fields before files, then it is published once.
 */
final class MultipartBody {
    private final String boundary = "forebay-" + UUID.randomUUID();
    private final List<BodyPublisher> parts = new ArrayList<>();
    private long fileBytes;

    String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    void field(String name, String value) {
        parts.add(BodyPublishers.ofString(head("name=\"" + name + "\"", "") + value + "\r\n"));
    }

    void file(String name, Path file) throws IOException {
        String fileName = String.valueOf(file.getFileName()).replace("\"", "%22").replace("\r", "%0D")
                .replace("\n", "%0A");
        parts.add(BodyPublishers.ofString(head("name=\"" + name + "\"; filename=\"" + fileName + "\"",
                "Content-Type: application/octet-stream\r\n")));
        parts.add(BodyPublishers.ofFile(file));
        parts.add(BodyPublishers.ofString("\r\n"));
        fileBytes += Files.size(file);
    }

    private String head(String disposition, String more) {
        return "--" + boundary + "\r\nContent-Disposition: form-data; " + disposition + "\r\n" + more
                + "\r\n";
    }

    long fileBytes() {
        return fileBytes;
    }

    /** @param sent told how many bytes were handed to the connection in all */
    BodyPublisher publisher(LongConsumer sent) {
        List<BodyPublisher> all = new ArrayList<>(parts);
        all.add(BodyPublishers.ofByteArray(("--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8)));
        return new Counting(BodyPublishers.concat(all.toArray(BodyPublisher[]::new)), sent);
    }

    private record Counting(BodyPublisher body, LongConsumer sent) implements BodyPublisher {
        @Override
        public long contentLength() {
            return body.contentLength();
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            body.subscribe(new Flow.Subscriber<ByteBuffer>() {
                private long bytes;

                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscriber.onSubscribe(subscription);
                }

                @Override
                public void onNext(ByteBuffer item) {
                    bytes += item.remaining();
                    sent.accept(bytes);
                    subscriber.onNext(item);
                }

                @Override
                public void onError(Throwable failure) {
                    subscriber.onError(failure);
                }

                @Override
                public void onComplete() {
                    subscriber.onComplete();
                }
            });
        }
    }
}

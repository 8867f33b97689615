package io.forebay.etl.source;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.forebay.etl.source.Retries.PassingException;
import io.forebay.etl.source.SourceOptions.PagedApi;
import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fetches all pages of an interface into one file of JSON lines. Behind each page the target is synced and then the state
 * says the next page and the target's length; whatever interrupts, the target is cut to that length and the next page
 * is asked for (again), so that no item comes twice and none is lost, as far as the interface itself keeps its pages.
 *
 * <p>The links to next pages are judged as the first address is. A link to a page that was there already, directly or
 * in a circle, is an error: one earlier address is remembered, that of the last page whose number is a power of two.
 * Configured headers go to the host of the first page only.
 *
 * <p>Threads: one.
 */
final class PagedFetch implements Fetch {
    private static final int PAGES_MAX = 1_000_000;
    private static final long PAGE_BYTES_MAX = 256L << 20;

    private final WebClient client;
    private final String apiName;
    private final PagedApi api;
    private final URI first;
    private final Map<String, String> headers;
    private final long bytesMax;
    private final Retries.Pause pause;

    PagedFetch(WebClient client, String apiName, PagedApi api, URI first, Map<String, String> headers,
            long bytesMax, Retries.Pause pause) {
        this.client = client;
        this.apiName = apiName;
        this.api = api;
        this.first = first;
        this.headers = headers;
        this.bytesMax = bytesMax;
        this.pause = pause;
    }

    @Override
    public String fileName() {
        return apiName + ".jsonl";
    }

    @Override
    public void fetch(Path target, Progress progress) throws IOException, InterruptedException {
        SourceThreads.run(() -> {
            try (FileChannel file = FileChannel.open(target, StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE)) {
                new Run(target, file, progress).toEnd();
            }
        });
    }

    /** A source of bytes that ends badly where a page is too long, and whose failures can pass. */
    private static final class PageBody extends FilterInputStream {
        private long left = PAGE_BYTES_MAX;

        PageBody(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                int n = in.read(bytes, offset, length);
                left -= n;
                if (left < 0) {
                    throw new FetchException("a page has more than " + PAGE_BYTES_MAX + " bytes");
                }
                return n;
            } catch (FetchException e) {
                throw e;
            } catch (IOException e) {
                throw new PassingException("the connection broke: " + e.getMessage(), e);
            }
        }
    }

    /** One call of {@link #fetch}. */
    private final class Run {
        private final Path target;
        private final FileChannel file;
        private final Progress progress;
        private final Retries retries = new Retries(pause);
        private FetchState state;
        private long lastNanos;
        private boolean asked;

        Run(Path target, FileChannel file, Progress progress) throws IOException {
            this.target = target;
            this.file = file;
            this.progress = progress;
            state = FetchState.resume(target, first.toString());
            file.truncate(state.bytes());
        }

        void toEnd() throws IOException, InterruptedException {
            progress.fetched(state.bytes(), state.total());
            while (!state.complete()) {
                String next = state.next();
                URI page = next == null ? first : URI.create(next);
                keepRate();
                try {
                    keep(page, read(page));
                    progress.fetched(state.bytes(), state.total());
                } catch (PassingException e) {
                    file.truncate(state.bytes());
                    retries.failed(e, state.pages());
                }
            }
        }

        private void keepRate() throws InterruptedException {
            double perSecond = api.requestsPerSecond();
            if (asked && perSecond > 0) {
                long left = (long) (1e9 / perSecond) - (System.nanoTime() - lastNanos);
                if (left > 0) {
                    pause.millis((left + 999_999) / 1_000_000);
                }
            }
            asked = true;
            lastNanos = System.nanoTime();
        }

        private @Nullable URI read(URI page) throws IOException {
            Map<String, String> own = WebClient.sameOrigin(first, page) ? headers : Map.of();
            try (WebClient.Answer answer = client.ask("GET", page, Map.of("Accept", "application/json"),
                    own)) {
                if (answer.status() != 200) {
                    throw answer.refusal();
                }
                file.position(state.bytes());
                OutputStream out = new BufferedOutputStream(
                        new Bounded(Channels.newOutputStream(file), bytesMax,
                                state.bytes()),
                        64 << 10);
                String next = new PageReader(api.itemsField(), api.nextField(), out)
                        .read(new PageBody(answer.body()));
                out.flush();
                return next == null ? null : link(answer.uri, next);
            } catch (JsonEOFException e) {
                throw new PassingException(where(page) + "it ends too early", e);
            } catch (JacksonException | IllegalArgumentException e) {
                throw new FetchException(where(page) + "it cannot be read: " + e.getMessage(), e);
            } catch (FetchException e) {
                throw new FetchException(where(page) + e.getMessage(), e);
            }
        }

        /** The message has no link: its query may hold a token. */
        private URI link(URI page, String next) throws FetchException {
            try {
                return page.resolve(next);
            } catch (IllegalArgumentException e) {
                throw new FetchException("the link to the next page is no address");
            }
        }

        private String where(URI page) {
            return "Page " + (state.pages() + 1) + " of " + apiName + " (" + AddressRules.shown(page) + "): ";
        }

        /** The page is in the target: makes that final. */
        private void keep(URI page, @Nullable URI next) throws IOException {
            long pages = state.pages() + 1;
            String link = next == null ? null : next.toString();
            String landmark = state.landmark();
            if (link != null && (link.equals(page.toString()) || link.equals(landmark))) {
                throw new FetchException(where(page) + "the link to the next page leads back");
            }
            if (link != null && pages >= PAGES_MAX) {
                throw new FetchException(where(page) + "there are more than " + PAGES_MAX + " pages");
            }
            file.force(true);
            state = new FetchState(first.toString(), null, link,
                    Long.bitCount(pages) == 1 ? page.toString() : landmark, pages, file.size(),
                    link == null ? file.size() : -1, link == null);
            state.write(target);
        }
    }

    /** Ends where the target would become too large. */
    private static final class Bounded extends OutputStream {
        private final OutputStream out;
        private final long bytesMax;
        private long left;

        Bounded(OutputStream out, long bytesMax, long written) {
            this.out = out;
            this.bytesMax = bytesMax;
            this.left = bytesMax - written;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[]{(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            left -= length;
            if (left < 0) {
                throw new FetchException("there is more than imports.max_upload_bytes allows: " + bytesMax
                        + " bytes");
            }
            out.write(bytes, offset, length);
        }
    }
}

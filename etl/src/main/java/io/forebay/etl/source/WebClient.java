package io.forebay.etl.source;

import io.forebay.etl.source.AddressRules.ForbiddenAddressException;
import io.forebay.etl.source.Retries.PassingException;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Asks web servers, only those that the rules allow, at the addresses that the rules have judged: the connection takes
 * its addresses from {@link AddressRules#resolve}, which java.net.http has no place for. Redirects are followed by
 * hand, each judged as the first address is; bodies are not decompressed; no proxy, no cookies, no credentials but the
 * headers that are given, and these never to another host than the one they are meant for.
 *
 * <p>Threads: any.
 */
final class WebClient implements AutoCloseable {
    private static final int REDIRECTS_MAX = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Timeout CONNECT = Timeout.ofSeconds(10);
    private static final Timeout SILENCE = Timeout.ofSeconds(60);

    private final AddressRules rules;
    private final CloseableHttpClient client;

    WebClient(AddressRules rules) {
        this.rules = rules;
        ConnectionConfig connection = ConnectionConfig.custom().setConnectTimeout(CONNECT)
                .setSocketTimeout(SILENCE).setTimeToLive(5, TimeUnit.MINUTES).build();
        RequestConfig request = RequestConfig.custom().setResponseTimeout(SILENCE)
                .setConnectionRequestTimeout(SILENCE).build();
        client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new JudgedNames(rules)).setDefaultConnectionConfig(connection)
                        .setMaxConnPerRoute(32).setMaxConnTotal(128).build())
                .setDefaultRequestConfig(request).disableAutomaticRetries().disableRedirectHandling()
                .disableContentCompression().disableCookieManagement().disableAuthCaching()
                .setUserAgent("Forebay").build();
    }

    private record JudgedNames(AddressRules rules) implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            return rules.resolve(host);
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }

    /** An answer whose body waits to be read. Close it: what was not read is dropped with the connection. */
    static final class Answer implements AutoCloseable {
        final URI uri;
        private final HttpUriRequestBase request;
        private final ClassicHttpResponse response;

        private Answer(URI uri, HttpUriRequestBase request, ClassicHttpResponse response) {
            this.uri = uri;
            this.request = request;
            this.response = response;
        }

        int status() {
            return response.getCode();
        }

        @Nullable
        String header(String name) {
            Header header = response.getFirstHeader(name);
            return header == null ? null : header.getValue();
        }

        InputStream body() throws IOException {
            HttpEntity entity = response.getEntity();
            return entity == null ? InputStream.nullInputStream() : entity.getContent();
        }

        /** Of this answer's body; -1 when it does not say. */
        long length() {
            HttpEntity entity = response.getEntity();
            return entity == null ? 0 : entity.getContentLength();
        }

        /** What stands for a status that brings nothing. */
        IOException refusal() {
            String message = AddressRules.shown(uri) + " answers with status " + status();
            return Retries.isPassing(status())
                    ? new PassingException(message, Retries.askedMillis(header("Retry-After")))
                    : new FetchException(message);
        }

        @Override
        public void close() {
            try {
                // Otherwise closing would read the rest of the body. Does nothing when all was read.
                request.cancel();
                response.close();
            } catch (IOException e) {
                // Nothing is wanted from it any more.
            }
        }
    }

    /**
     * Sends a request and follows redirects.
     *
     * @param own headers for the host of {@code uri} only
     * @throws PassingException when no answer came and another time may be better
     * @throws FetchException   when it may not be asked or leads astray
     */
    Answer ask(String method, URI uri, Map<String, String> headers, Map<String, String> own)
            throws IOException {
        URI at = uri;
        for (int hops = 0; hops <= REDIRECTS_MAX; hops++) {
            Answer answer = send(method, judged(at), headers, sameOrigin(uri, at) ? own : Map.of());
            String location = answer.header("Location");
            if (!REDIRECTS.contains(answer.status()) || location == null) {
                return answer;
            }
            answer.close();
            at = next(at, location);
        }
        throw new FetchException(AddressRules.shown(uri) + " redirects more than " + REDIRECTS_MAX
                + " times");
    }

    private URI judged(URI uri) throws FetchException {
        try {
            return rules.web(uri);
        } catch (ForebayException e) {
            throw new FetchException(String.valueOf(e.getMessage()), e);
        }
    }

    private static URI next(URI at, String location) throws FetchException {
        try {
            return at.resolve(location.strip());
        } catch (IllegalArgumentException e) {
            throw new FetchException(AddressRules.shown(at) + " redirects to what is no address", e);
        }
    }

    static boolean sameOrigin(URI a, URI b) {
        return String.valueOf(a.getScheme()).equalsIgnoreCase(b.getScheme())
                && String.valueOf(a.getHost()).equalsIgnoreCase(b.getHost()) && port(a) == port(b);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    private Answer send(String method, URI uri, Map<String, String> headers, Map<String, String> own)
            throws IOException {
        HttpUriRequestBase request = new HttpUriRequestBase(method, uri);
        request.setHeader("Accept-Encoding", "identity");
        headers.forEach(request::setHeader);
        own.forEach(request::setHeader);
        try {
            return new Answer(uri, request, client.executeOpen(null, request, null));
        } catch (ForbiddenAddressException e) {
            throw new FetchException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new PassingException(AddressRules.shown(uri) + " cannot be reached: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }
}

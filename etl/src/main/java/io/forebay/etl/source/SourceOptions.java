package io.forebay.etl.source;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From where may be fetched.
 *
 * @param hostsAllowed  host names, exactly, or {@code *.domain}; none by default. Buckets as {@code s3://bucket}
 * @param privateAllowed whether an allowed name may stand for a private, loopback or link-local address
 * @param s3            null where there is no object storage
 * @param apis          paged interfaces by name
 */
public record SourceOptions(List<String> hostsAllowed, boolean privateAllowed, @Nullable S3 s3,
        Map<String, PagedApi> apis, long fetchBytesMax) {
    public static final SourceOptions NONE = new SourceOptions(List.of(), false, null, Map.of(), 5L << 30);

    public SourceOptions {
        hostsAllowed = List.copyOf(hostsAllowed);
        apis = Map.copyOf(apis);
    }

    /**
     * Object storage.
     *
     * @param endpoint     null for the vendor's own
     * @param uploadBucket for presigned uploads; null for none
     * @param keyVariable, secretVariable names of environment variables; null for what the vendor's client finds by itself
     */
    public record S3(@Nullable URI endpoint, String region, boolean pathStyle, @Nullable String uploadBucket,
            @Nullable String keyVariable, @Nullable String secretVariable, long uploadUrlMillis) {}

    /**
     * A paged JSON interface.
     *
     * @param url             of the first page, with {@code {name}} where parameters go
     * @param itemsField      dotted path to the array of items in a page; empty for the page itself
     * @param nextField       dotted path to the address of the next page; the pages end where it is absent or null
     * @param requestsPerSecond at most
     * @param headers         further ones; {@code ${NAME}} in a value stands for an environment variable
     */
    public record PagedApi(String url, String itemsField, String nextField, double requestsPerSecond,
            Map<String, String> headers) {
        public PagedApi {
            headers = Map.copyOf(headers);
        }
    }
}

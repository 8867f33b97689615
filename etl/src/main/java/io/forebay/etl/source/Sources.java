package io.forebay.etl.source;

import io.forebay.etl.format.Formats;
import io.forebay.etl.source.SourceOptions.PagedApi;
import io.forebay.etl.source.SourceOptions.S3;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * From where an import may fetch, and how. Nothing is fetched from where the configuration does not allow it; nothing is
 * asked before {@link Fetch#fetch}, but for the name of a file whose address does not tell its format.
 *
 * <p>Threads: any; a {@link Fetch} belongs to one.
 *
 * <p>Failure: what is wrong with a request is a {@link ForebayException} of these methods; what goes wrong later is a
 * {@link FetchException} of {@link Fetch#fetch}.
 */
public final class Sources implements AutoCloseable {
    private final SourceOptions options;
    private final Map<String, String> environment;
    private final AddressRules rules;
    private final WebClient web;
    private final Retries.Pause pause;
    private @Nullable S3Objects objects;

    /** @param environment variables, for secrets that the configuration names */
    public Sources(SourceOptions options, Map<String, String> environment) {
        this(options, environment, InetAddress::getAllByName, Retries.Pause.REAL);
    }

    Sources(SourceOptions options, Map<String, String> environment, AddressRules.Lookup lookup,
            Retries.Pause pause) {
        this.options = options;
        this.environment = Map.copyOf(environment);
        this.rules = new AddressRules(options.hostsAllowed(), options.privateAllowed(), lookup);
        this.web = new WebClient(rules);
        this.pause = pause;
    }

    /**
     * A file at {@code http://}, {@code https://} or {@code s3://bucket/key}.
     *
     * @throws ForebayException PERMISSION_DENIED for what is not allowed, INVALID_ARGUMENT for what is no address,
     *         UNIMPLEMENTED for an object where no object storage is configured, UNSUPPORTED_MEDIA_TYPE where the name
     *         says that it is nothing that can be read
     */
    public Fetch remote(String url) {
        if (url.strip().toLowerCase(Locale.ROOT).startsWith("s3://")) {
            return object(url.strip().substring("s3://".length()));
        }
        URI uri = rules.web(AddressRules.parse(url));
        if (FileNames.isOfAnotherKind(uri)) {
            Formats.checkName(FileNames.ofPath(uri));
        }
        return new RangedFetch(new WebOrigin(web, uri), options.fetchBytesMax(), pause);
    }

    /** Keys may hold what addresses may not: this is no URI. */
    private Fetch object(String bucketAndKey) {
        int slash = bucketAndKey.indexOf('/');
        if (slash <= 0 || slash == bucketAndKey.length() - 1) {
            throw ForebayException.invalid("An object is named as s3://bucket/key.");
        }
        String bucket = bucketAndKey.substring(0, slash);
        String key = bucketAndKey.substring(slash + 1);
        rules.bucket(bucket);
        String fileName = key.substring(key.lastIndexOf('/') + 1);
        Formats.checkName(fileName);
        return ranged(objects().origin(bucket, key, fileName));
    }

    private Fetch ranged(RangedFetch.Origin origin) {
        return new RangedFetch(origin, options.fetchBytesMax(), pause);
    }

    /**
     * The items of a paged interface, as lines of JSON.
     *
     * @throws ForebayException INVALID_ARGUMENT for an interface or a parameter that is not known, PERMISSION_DENIED for a
     *         host that is not allowed
     */
    public Fetch paged(String api, Map<String, String> parameters) {
        PagedApi settings = options.apis().get(api);
        if (settings == null) {
            throw ForebayException.invalid("There is no interface [" + api + "]; there are "
                    + new TreeSet<>(options.apis().keySet()) + ".");
        }
        URI first = rules.web(AddressRules.parse(PagedAddress.of(api, settings.url(), parameters)));
        return new PagedFetch(web, api, settings, first,
                PagedAddress.headers(api, settings.headers(), environment), options.fetchBytesMax(), pause);
    }

    /**
     * An address to which a client may put an object of the bucket for uploads.
     *
     * @throws ForebayException UNIMPLEMENTED where no bucket is configured
     */
    public String presignUpload(String key, long millis) {
        return objects().presignPut(uploadBucket(), key, millis);
    }

    /** Whether the object is there: whole, since objects appear when their last byte has come. */
    public boolean isUploaded(String key) {
        return objects().exists(uploadBucket(), key);
    }

    /** What was put there. */
    public Fetch uploaded(String key, String fileName) {
        return ranged(objects().origin(uploadBucket(), key, fileName));
    }

    /** When it has been fetched. Best effort: what cannot be deleted is in the log, and stays in the bucket. */
    public boolean deleteUploaded(String key) {
        return objects().delete(uploadBucket(), key);
    }

    private String uploadBucket() {
        S3 s3 = options.s3();
        if (s3 == null || s3.uploadBucket() == null) {
            throw new ForebayException(ErrorCode.UNIMPLEMENTED,
                    "This server has no bucket for uploads (imports.s3_upload_bucket).");
        }
        return s3.uploadBucket();
    }

    private synchronized S3Objects objects() {
        if (options.s3() == null) {
            throw new ForebayException(ErrorCode.UNIMPLEMENTED,
                    "This server has no object storage configured (imports.s3_endpoint).");
        }
        if (objects == null) {
            objects = new S3Objects(options.s3(), environment);
        }
        return objects;
    }

    /** What is being fetched ends with an error. */
    @Override
    public synchronized void close() {
        web.close();
        if (objects != null) {
            objects.close();
            objects = null;
        }
    }
}

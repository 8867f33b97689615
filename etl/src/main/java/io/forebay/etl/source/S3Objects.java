package io.forebay.etl.source;

import io.forebay.etl.source.RangedFetch.Part;
import io.forebay.etl.source.Retries.PassingException;
import io.forebay.etl.source.SourceOptions.S3;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Objects of one S3-compatible store, by the vendor's own client. Trying again is left to {@link RangedFetch}.
 *
 * <p>Credentials are those of the two environment variables that the configuration names. Where it names none, they are
 * what the vendor's client finds by itself, which may ask the metadata service of a cloud; with an endpoint of its own
 * nothing is looked for, and requests are anonymous.
 *
 * <p>Threads: any.
 */
final class S3Objects implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(S3Objects.class);
    private static final int CONNECT_MILLIS = 10_000;
    private static final int SILENCE_MILLIS = 60_000;

    private final S3Client client;
    private final S3Presigner presigner;

    /** @throws ForebayException INVALID_ARGUMENT when a variable that is named is not set */
    S3Objects(S3 options, Map<String, String> environment) {
        AwsCredentialsProvider credentials = credentials(options, environment);
        Region region = Region.of(options.region());
        S3ClientBuilder builder = S3Client.builder().region(region).credentialsProvider(credentials)
                .httpClient(UrlConnectionHttpClient.create(S3Objects::connection))
                .forcePathStyle(options.pathStyle())
                // Other stores than the vendor's own know no checksums in trailers.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()));
        S3Presigner.Builder signing = S3Presigner.builder().region(region).credentialsProvider(credentials)
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(options.pathStyle()).build());
        if (options.endpoint() != null) {
            builder.endpointOverride(options.endpoint());
            signing.endpointOverride(options.endpoint());
        }
        client = builder.build();
        presigner = signing.build();
    }

    /** Without any proxy: where its own settings name none, the vendor's client still takes that of the process. */
    private static HttpURLConnection connection(URI uri) {
        try {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(SILENCE_MILLIS);
            return connection;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // of an address without a scheme that is known
        }
    }

    private static AwsCredentialsProvider credentials(S3 options, Map<String, String> environment) {
        String key = options.keyVariable();
        String secret = options.secretVariable();
        if (key != null && secret != null) {
            return StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(variable(environment, key), variable(environment, secret)));
        }
        if (key != null || secret != null) {
            throw ForebayException.invalid(
                    "imports.s3_key_variable and imports.s3_secret_variable go together; one is not set.");
        }
        return options.endpoint() == null
                ? DefaultCredentialsProvider.builder().build()
                : AnonymousCredentialsProvider.create();
    }

    private static String variable(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            throw ForebayException.invalid("The environment variable " + name
                    + ", which the configuration names for the object storage, is not set.");
        }
        return value.strip();
    }

    /** An address to which the object may be put once, or any number of times, until then. */
    String presignPut(String bucket, String key, long millis) {
        return presigner.presignPutObject(p -> p.signatureDuration(Duration.ofMillis(millis))
                .putObjectRequest(o -> o.bucket(bucket).key(key))).url().toString();
    }

    /** @throws ForebayException UNAVAILABLE when the store does not say */
    boolean exists(String bucket, String key) {
        try {
            client.headObject(o -> o.bucket(bucket).key(key));
            return true;
        } catch (S3Exception e) {
            if (e.statusCode() == 404) {
                return false;
            }
            throw unavailable(e);
        } catch (SdkException e) {
            throw unavailable(e);
        }
    }

    /** Whether it is gone or was not there; what went wrong is in the log. */
    boolean delete(String bucket, String key) {
        try {
            client.deleteObject(o -> o.bucket(bucket).key(key));
            return true;
        } catch (SdkException e) {
            LOG.warn("the object s3://{}/{} was fetched and cannot be deleted: {}", bucket, key,
                    e.getMessage());
            return false;
        }
    }

    private static ForebayException unavailable(SdkException e) {
        return new ForebayException(ErrorCode.UNAVAILABLE,
                "The object storage does not answer: " + e.getMessage(), e);
    }

    RangedFetch.Origin origin(String bucket, String key, String fileName) {
        return new ObjectOrigin(client, bucket, key, fileName);
    }

    @Override
    public void close() {
        client.close();
        presigner.close();
    }

    /** An object; a part is asked for with {@code Range} and {@code If-Match}. */
    private record ObjectOrigin(S3Client client, String bucket, String key, String fileName)
            implements
                RangedFetch.Origin {
        @Override
        public String name() {
            return "s3://" + bucket + "/" + key.replace("\n", "%0A").replace("\r", "%0D");
        }

        @Override
        public String shown() {
            return name();
        }

        @Override
        public Part open(long from, @Nullable String validator) throws IOException {
            GetObjectRequest.Builder request = GetObjectRequest.builder().bucket(bucket).key(key);
            if (from > 0 && validator != null) {
                request.range("bytes=" + from + "-").ifMatch(validator);
            }
            try {
                return part(client.getObject(request.build()), from);
            } catch (S3Exception e) {
                if (from > 0 && (e.statusCode() == 412 || e.statusCode() == 416)) {
                    return open(0, null);
                }
                throw failure(e);
            } catch (SdkClientException e) {
                throw new PassingException(name() + " cannot be had: " + e.getMessage(), e);
            }
        }

        private static Part part(ResponseInputStream<GetObjectResponse> body, long from) {
            GetObjectResponse answer = body.response();
            long length = answer.contentLength() == null ? -1 : answer.contentLength();
            boolean isPart = from > 0
                    && String.valueOf(answer.contentRange()).startsWith("bytes " + from + "-");
            long start = isPart ? from : 0;
            return new Part(body, start, length < 0 ? -1 : start + length, answer.eTag(), body::abort);
        }

        private IOException failure(S3Exception e) {
            AwsErrorDetails details = e.awsErrorDetails(); // none where a proxy answered
            String message = name() + " cannot be had: status " + e.statusCode()
                    + (details == null || details.errorCode() == null ? "" : ", " + details.errorCode());
            return e.isThrottlingException() || Retries.isPassing(e.statusCode())
                    ? new PassingException(message, e)
                    : new FetchException(message, e);
        }
    }
}

package io.forebay.server.config;

import io.forebay.etl.embed.EmbeddingConnection;
import io.forebay.etl.job.ImportOptions;
import io.forebay.etl.source.LaunchpadApis;
import io.forebay.etl.source.SourceOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code imports}: files become records.
 *
 * @param uploadsAtOnceMax uploads that are received at the same time
 */
public record ImportsConfig(boolean enabled, int uploadsAtOnceMax, ImportOptions options,
        SourceOptions sources) {
    private static final long MINUTE_MILLIS = TimeUnit.MINUTES.toMillis(1);

    static ImportsConfig of(ConfigValues values) {
        return new ImportsConfig(values.flag(ConfigKey.IMPORTS_ENABLED),
                values.integer(ConfigKey.IMPORTS_UPLOADS), options(values), sources(values));
    }

    private static ImportOptions options(ConfigValues values) {
        Map<String, EmbeddingConnection> connections = connections(
                values.table(ConfigKey.IMPORTS_CONNECTIONS));
        String standard = values.text(ConfigKey.IMPORTS_CONNECTION);
        if (!connections.containsKey(standard)) {
            throw new ConfigException(ConfigKey.IMPORTS_CONNECTION.path() + " is '" + standard
                    + "', must be one of " + String.join(", ", connections.keySet()));
        }
        return new ImportOptions(values.number(ConfigKey.IMPORTS_UPLOAD_BYTES),
                values.integer(ConfigKey.IMPORTS_JOBS), values.integer(ConfigKey.IMPORTS_CHUNK),
                values.integer(ConfigKey.IMPORTS_TRANSFORM), values.integer(ConfigKey.IMPORTS_LOAD),
                values.integer(ConfigKey.IMPORTS_CHUNKS),
                values.number(ConfigKey.IMPORTS_MEMORY) << 20, values.integer(ConfigKey.IMPORTS_WORKERS),
                values.number(ConfigKey.IMPORTS_PROGRESS), values.number(ConfigKey.IMPORTS_ERRORS),
                TimeUnit.DAYS.toMillis(values.number(ConfigKey.IMPORTS_KEEP)),
                TimeUnit.HOURS.toMillis(values.number(ConfigKey.IMPORTS_ORPHANS)),
                values.integer(ConfigKey.IMPORTS_RATE), values.integer(ConfigKey.IMPORTS_WAITING),
                values.number(ConfigKey.IMPORTS_CACHE), values.integer(ConfigKey.IMPORTS_DOCUMENT),
                values.integer(ConfigKey.IMPORTS_RATIO), standard, List.copyOf(connections.values()));
    }

    private static Map<String, EmbeddingConnection> connections(ConfigTable table) {
        Map<String, EmbeddingConnection> connections = new LinkedHashMap<>();
        connections.put(EmbeddingConnection.LOCAL, EmbeddingConnection.local());
        connections.put(EmbeddingConnection.NONE, EmbeddingConnection.none());
        table.entries().forEach((name, entry) -> {
            if (connections.put(name, connection(name, entry)) != null) {
                throw new ConfigException(entry.where() + ": " + name + " is there already");
            }
        });
        return connections;
    }

    private static EmbeddingConnection connection(String name, ConfigTable.Entry entry) {
        EmbeddingConnection.Kind kind = kind(entry);
        String url = kind == EmbeddingConnection.Kind.OPENAI ? entry.required("url") : entry.text("url");
        EmbeddingConnection connection = new EmbeddingConnection(name, kind,
                url == null ? null : uri(url, entry), entry.text("model"), entry.text("key_variable"),
                (int) entry.number("dimension", 0, 0, 1 << 16),
                (int) entry.number("texts_per_call", 100, 1, 10_000),
                (int) entry.number("calls_at_once", 4, 1, 1024),
                entry.number("timeout_ms", 60_000, 1, 86_400_000),
                entry.number("patience_ms", 120_000, 0, 86_400_000));
        entry.refuseOthers();
        return connection;
    }

    private static EmbeddingConnection.Kind kind(ConfigTable.Entry entry) {
        String said = entry.required("kind");
        for (EmbeddingConnection.Kind kind : EmbeddingConnection.Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(said)) {
                return kind;
            }
        }
        throw entry.bad("kind", "local, openai or none");
    }

    private static URI uri(String text, ConfigTable.Entry entry) {
        URI uri = web(text);
        if (uri == null) {
            throw entry.bad("url", "an address that begins with http:// or https://");
        }
        return uri;
    }

    /** Null for what is no address with a host. */
    private static @Nullable URI web(String text) {
        try {
            URI uri = new URI(text);
            return uri.getScheme() != null && uri.getScheme().matches("https?") && uri.getHost() != null
                    ? uri
                    : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static SourceOptions sources(ConfigValues values) {
        Map<String, SourceOptions.PagedApi> apis = new LinkedHashMap<>(LaunchpadApis.all());
        values.table(ConfigKey.IMPORTS_APIS).entries().forEach((name, entry) -> {
            String items = entry.text("items_field");
            apis.put(name, new SourceOptions.PagedApi(entry.required("url"), items == null ? "" : items,
                    entry.required("next_field"), entry.positive("requests_per_second", 1),
                    entry.texts("headers")));
            entry.refuseOthers();
        });
        return new SourceOptions(values.list(ConfigKey.IMPORTS_HOSTS),
                values.flag(ConfigKey.IMPORTS_PRIVATE), s3(values), apis,
                values.number(ConfigKey.IMPORTS_UPLOAD_BYTES));
    }

    /** Which buckets may be read is said by the allowed hosts. */
    private static SourceOptions.S3 s3(ConfigValues values) {
        String endpoint = orNone(values, ConfigKey.IMPORTS_S3_ENDPOINT);
        URI uri = endpoint == null ? null : web(endpoint);
        if (endpoint != null && uri == null) {
            throw new ConfigException(ConfigKey.IMPORTS_S3_ENDPOINT.path() + " is '" + endpoint
                    + "', must be none or an address that begins with http:// or https://");
        }
        return new SourceOptions.S3(uri, values.text(ConfigKey.IMPORTS_S3_REGION),
                values.flag(ConfigKey.IMPORTS_S3_PATH), orNone(values, ConfigKey.IMPORTS_S3_BUCKET),
                orNone(values, ConfigKey.IMPORTS_S3_KEY), orNone(values, ConfigKey.IMPORTS_S3_SECRET),
                values.number(ConfigKey.IMPORTS_S3_MINUTES) * MINUTE_MILLIS);
    }

    private static @Nullable String orNone(ConfigValues values, ConfigKey key) {
        String text = values.text(key);
        return text.equals("none") ? null : text;
    }
}

package io.forebay.server.doctor;

import io.forebay.server.config.ConfigException;
import io.forebay.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a machine, a configuration and a store's surroundings, running server or not. Writes one file for some
 * seconds, to measure the disk ({@link DiskLook}), and nothing else.
 *
 * <p>Threads: one. Fails at nothing: what cannot be looked at is a diagnosis, or left out where the system does not tell.
 */
public final class Doctor {
    private Doctor() {}

    /**
     * All diagnoses, in the order of the page.
     *
     * @param source what the configuration comes from, in words
     * @param loading reads the configuration
     * @param named   the store's directory; null for the configured one
     */
    public static List<Diagnosis> look(String source, Supplier<ServerConfig> loading, @Nullable Path named) {
        return look(SystemFiles.REAL, source, loading, named);
    }

    static List<Diagnosis> look(SystemFiles files, String source, Supplier<ServerConfig> loading,
            @Nullable Path named) {
        List<Diagnosis> all = new ArrayList<>();
        new MachineLook(files, all).run();
        ServerConfig config = null;
        try {
            config = loading.get();
        } catch (ConfigException refused) {
            all.add(Diagnosis.bad("configuration", String.valueOf(refused.getMessage()),
                    "a server does not start with it"));
        }
        Path store = named == null && config != null ? config.server().path() : named;
        if (store != null) {
            new DiskLook(files, config == null ? null : config.wal(), all).run(store);
            new StoreLook(all).run(store);
        }
        if (config != null) {
            new ConfigLook(config, all).run(source);
            new ServerLook(all).run(config.server());
        }
        return all;
    }
}

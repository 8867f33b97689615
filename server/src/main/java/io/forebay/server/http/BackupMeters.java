package io.forebay.server.http;

import io.forebay.engine.backup.BackupState;
import io.forebay.engine.backup.BackupState.Phase;
import io.forebay.engine.backup.Backups;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What there is to say of backups, for {@code /metrics}; asked when it is scraped. */
final class BackupMeters {
    private BackupMeters() {}

    static void register(MeterRegistry registry, Supplier<@Nullable Backups> backups) {
        gauge(registry, backups, "forebay.backup.last.ended", "seconds",
                "When the last backup since the start ended, in seconds since 1970; 0 when none did",
                last -> last.created().toEpochMilli() / 1e3 + last.seconds());
        gauge(registry, backups, "forebay.backup.last.duration", "seconds", "How long the last backup took",
                BackupState::seconds);
        gauge(registry, backups, "forebay.backup.last", "bytes", "All files of the last backup",
                BackupState::bytes);
        gauge(registry, backups, "forebay.backup.last.new", "bytes", "Files that were new in the last backup",
                BackupState::newBytes);
        gauge(registry, backups, "forebay.backup.last.failed", null, "1 when the last backup failed",
                last -> last.phase() == Phase.FAILED ? 1 : 0);
        Gauge.builder("forebay.backup.last.succeeded", backups, all -> {
            Backups now = all.get();
            return now == null ? 0 : now.succeededMillis() / 1e3;
        }).baseUnit("seconds")
                .description("When the newest backup that is whole ended, also before the start, in seconds since 1970;"
                        + " 0 when there is none")
                .register(registry);
        FunctionCounter.builder("forebay.backup.failures", backups, all -> {
            Backups now = all.get();
            return now == null ? 0 : now.failures();
        })
                .description("Backups that failed").register(registry);
    }

    private static void gauge(MeterRegistry registry, Supplier<@Nullable Backups> backups, String name,
            @Nullable String unit,
            String description, ToDoubleFunction<BackupState> value) {
        Gauge.builder(name, backups, all -> {
            Backups now = all.get();
            BackupState last = now == null ? null : now.last();
            return last == null ? 0 : value.applyAsDouble(last);
        }).baseUnit(unit).description(description).register(registry);
    }
}

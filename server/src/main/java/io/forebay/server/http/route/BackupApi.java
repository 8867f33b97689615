package io.forebay.server.http.route;

import io.forebay.engine.backup.BackupException;
import io.forebay.engine.backup.Backups;
import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the routes of backups share.
 *
 * @param backups null where the server makes none: then each of these routes answers 404
 * @param threads where they are asked, because they read the disk
 */
public record BackupApi(@Nullable Backups backups, Executor threads) {

    CompletableFuture<Response> answer(Function<Backups, Response> work) {
        Backups on = backups;
        if (on == null) {
            throw ForebayException.notFound("This server makes no backups");
        }
        return new Aside(threads).answer(() -> {
            try {
                return work.apply(on);
            } catch (BackupException refused) {
                throw told(refused);
            }
        });
    }

    private static ForebayException told(BackupException refused) {
        ErrorCode code = switch (refused.reason()) {
            case MISSING -> ErrorCode.NOT_FOUND;
            case BUSY -> ErrorCode.ALREADY_EXISTS;
            case IMPOSSIBLE -> ErrorCode.INVALID_ARGUMENT;
            case CLOSED -> ErrorCode.UNAVAILABLE;
            case DAMAGED, IO -> ErrorCode.INTERNAL;
        };
        return new ForebayException(code, String.valueOf(refused.getMessage()), refused);
    }
}

package io.forebay.server.auth;

import io.forebay.model.ErrorCode;
import io.forebay.model.ForebayException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of a file, as they are now: a change of the file holds within a second, without a restart.
 *
 * <p>Threads: {@code auth-tokens} reads the file; anybody asks the map that it published.
 *
 * <p>Failure: a file that is not there any more or not understood is told once in the log, and what was known goes on
 * holding: half an edit must not lock everybody out. A start with such a file fails.
 */
public final class TokenStore implements Authentication {
    private static final Logger LOG = LoggerFactory.getLogger(TokenStore.class);
    private static final long LOOK_MILLIS = 1_000;
    private static final TokenHash OF_NOBODY = TokenHash.of("");

    private final TokenFile file;
    private final InstantSource clock;
    private final TokenChanges changes;
    private final ScheduledExecutorService looking;
    private volatile Map<String, Token> tokens;
    // Of the one who looks.
    private byte[] seen;
    private @Nullable String complained;

    private TokenStore(TokenFile file, InstantSource clock, long lookMillis, TokenChanges changes) {
        this.changes = changes;
        this.file = file;
        this.clock = clock;
        this.seen = file.bytes();
        this.tokens = file.parse(seen);
        tellExposure();
        LOG.info("{} tokens in {}", tokens.size(), file.path());
        if (tokens.isEmpty()) {
            LOG.warn("there is no token in {}: every request but the open ones is refused", file.path());
        }
        this.looking = AuthThreads.every(lookMillis, this::refresh);
    }

    /** @throws TokenFileException when the file is not there or not understood */
    public static TokenStore open(TokenFile file) {
        return open(file, (change, ids) -> {});
    }

    /** @param changes told what is new in the file, on {@code auth-tokens} */
    public static TokenStore open(TokenFile file, TokenChanges changes) {
        return new TokenStore(file, InstantSource.system(), LOOK_MILLIS, changes);
    }

    static TokenStore open(TokenFile file, InstantSource clock, long lookMillis) {
        return new TokenStore(file, clock, lookMillis, (change, ids) -> {});
    }

    private void refresh() {
        try {
            byte[] now = file.bytes();
            if (Arrays.equals(now, seen)) {
                return;
            }
            Map<String, Token> read = file.parse(now);
            seen = now;
            complained = null;
            Map<String, Token> before = tokens;
            tokens = read;
            changes.tell(before, read);
            LOG.info("the file of tokens has changed: {} tokens", read.size());
            tellExposure();
        } catch (RuntimeException e) {
            String complaint = String.valueOf(e.getMessage());
            if (!complaint.equals(complained)) {
                LOG.warn("{}; the tokens known before stay valid until it is mended", complaint);
                complained = complaint;
            }
        }
    }

    private void tellExposure() {
        String exposure = file.exposure();
        if (exposure != null) {
            LOG.warn("{}: {}; better: chmod 600", file.path(), exposure);
        }
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public Principal identify(@Nullable String presented) {
        if (presented == null || presented.isEmpty()) {
            throw new ForebayException(ErrorCode.UNAUTHENTICATED,
                    "A token is needed: send it as x-chroma-token or as Authorization: Bearer");
        }
        String id = TokenText.idOf(presented);
        Token token = id == null ? null : tokens.get(id);
        // Compared also when there is nothing to compare with, so that the time does not tell which ids there are.
        boolean same = (token == null ? OF_NOBODY : token.hash()).matches(TokenHash.of(presented));
        if (token == null || !same || token.isExpired(clock.instant())) {
            throw new ForebayException(ErrorCode.UNAUTHENTICATED,
                    "The token is not known here, was revoked or has expired");
        }
        return token.principal();
    }

    @Override
    public boolean isStillValid(Principal who) {
        Token token = tokens.get(who.id());
        return token != null && token.principal().equals(who) && !token.isExpired(clock.instant());
    }

    /**
     * Makes a token and keeps its hash.
     *
     * @return the token itself, which is nowhere else
     */
    public static String create(TokenFile file, String id, Role role, Limits limits, Instant now,
            @Nullable Instant expires) {
        return create(file, id, role, limits, now, expires, Rates.NONE);
    }

    /** @param rates instead of those of the server's configuration */
    public static String create(TokenFile file, String id, Role role, Limits limits, Instant now,
            @Nullable Instant expires, Rates rates) {
        String text = TokenText.random(id);
        file.add(new Token(id, TokenHash.of(text), role, limits, now, expires, rates));
        return text;
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}

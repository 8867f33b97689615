package io.forebay.server.cli;

import io.forebay.server.auth.Limits;
import io.forebay.server.auth.Rates;
import io.forebay.server.auth.Role;
import io.forebay.server.auth.TokenFile;
import io.forebay.server.auth.TokenStore;
import io.forebay.server.auth.TokenText;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code forebay token create}: the token goes to standard output, what it is to standard error. */
@Command(name = "create", description = {
        "Makes a token and prints it. This is the only time: the file keeps its hash.",
        "read: get, query, count, lists. write: also records and collections. admin: also databases, tenants, reset."})
final class TokenCreateCommand extends TokenTool {
    private static final Pattern DAYS = Pattern.compile("([1-9][0-9]{0,5})([dh])");

    @Option(names = "--role", required = true, paramLabel = "ROLE", description = "read, write or admin")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String role;

    @Option(names = "--tenant", paramLabel = "T", defaultValue = Limits.ANY,
            description = "Only in this tenant; may be given several times. Default: in all")
    @SuppressWarnings("NullAway.Init")
    private List<String> tenants;

    @Option(names = "--database", paramLabel = "D", defaultValue = Limits.ANY,
            description = "Only in databases of this name; may be given several times. Default: in all")
    @SuppressWarnings("NullAway.Init")
    private List<String> databases;

    @Option(names = "--id", paramLabel = "ID",
            description = "Name of the token, of a-z, 0-9 and -. Default: a random one")
    private @Nullable String id;

    @Option(names = "--expires", paramLabel = "WHEN",
            description = "90d, 12h, or a date such as 2027-01-31 (UTC). Default: never")
    private @Nullable String expires;

    @Option(names = "--requests-per-second", paramLabel = "N",
            description = "More are answered 429. Default: auth.requests_per_second of the server")
    private long requestsPerSecond;

    @Option(names = "--bytes-per-second", paramLabel = "N",
            description = "Of bodies of requests. Default: auth.bytes_per_second of the server")
    private long bytesPerSecond;

    @Override
    public void run() {
        Role asked = Role.of(role);
        if (asked == null) {
            throw new CommandException("--role is '" + role + "', must be read, write or admin");
        }
        String name = id == null ? TokenText.randomId() : id;
        if (!TokenText.isId(name)) {
            throw new CommandException("--id is '" + name + "', must be 1 to 40 of a-z, 0-9 and -");
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Instant end = expires == null ? null : end(expires, now);
        if (end != null && !end.isAfter(now)) {
            throw new CommandException("--expires is '" + expires + "', must be after now, " + now);
        }
        Limits limits = Limits.to(tenants, databases);
        TokenFile file = file();
        boolean first = !file.exists();
        out().println(TokenStore.create(file, name, asked, limits, now, end, rates()));
        out().flush();
        err().println("token " + name + ": " + asked.text() + ", tenants " + Limits.text(limits.tenants())
                + ", databases " + Limits.text(limits.databases()) + ", expires "
                + (end == null ? "never" : end)
                + "; its hash is in " + file.path());
        if (first) {
            err().println("This is the first one: a running server asks for tokens from its next start on.");
        }
        err().flush();
    }

    private Rates rates() {
        try {
            return new Rates(requestsPerSecond, bytesPerSecond);
        } catch (IllegalArgumentException e) {
            throw new CommandException("--requests-per-second and --bytes-per-second: " + e.getMessage());
        }
    }

    private static Instant end(String text, Instant now) {
        Matcher span = DAYS.matcher(text);
        if (span.matches()) {
            long number = Long.parseLong(span.group(1));
            return now.plus(span.group(2).equals("d") ? Duration.ofDays(number) : Duration.ofHours(number));
        }
        try {
            return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException e) {
            throw new CommandException("--expires is '" + text + "', must be like 90d, 12h or 2027-01-31");
        }
    }
}

package io.forebay.engine;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets every {@code await()} of the tests that have this module's on their class path wait for a minute before it gives up,
 * instead of Awaitility's ten seconds: what is waited for comes when background threads get their turn, and on a machine
 * with two busy cores that has taken longer. A wait ends when its condition holds, so patience costs nothing. JUnit finds
 * this class by the service file.
 */
public final class PatientWaits implements BeforeAllCallback {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(PATIENCE);
    }
}

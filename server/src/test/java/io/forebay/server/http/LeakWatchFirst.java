package io.forebay.server.http;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Installs the {@link LeakWatch} before the first test of a process, whichever that is: a detector that Netty has made
 * already stays, and would find nothing for the tests that ask. JUnit finds this class by the service file.
 */
public final class LeakWatchFirst implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        LeakWatch.install();
    }
}

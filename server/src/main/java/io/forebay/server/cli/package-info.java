/**
 * The command line, one class for each command. Start reading at {@link
 * io.forebay.server.cli.ForebayCommand}; {@code RunCommand} is the server, {@code DemoCommand} the main job
 * in one command. {@code ServerRuntime} is the only class that puts configuration, engine and HTTP server
 * together.
 */
@NullMarked
package io.forebay.server.cli;

import org.jspecify.annotations.NullMarked;

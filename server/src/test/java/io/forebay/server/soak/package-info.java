/**
 * A server process under mixed load that is killed at random moments and watched for a while, with the checker of
 * {@link io.forebay.engine.history} and an oracle of what was acknowledged.
 */
package io.forebay.server.soak;

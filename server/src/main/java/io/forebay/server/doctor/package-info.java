/** {@code forebay doctor}: is this machine fit for a store, and what should be changed. */
@NullMarked
package io.forebay.server.doctor;

import org.jspecify.annotations.NullMarked;

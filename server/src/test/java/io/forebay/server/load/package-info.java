/** Bulk loads into real servers: in this process, and as processes that are killed. */
package io.forebay.server.load;

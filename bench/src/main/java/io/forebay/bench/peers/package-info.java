/**
 * Forebay beside others with the same data: Chroma's server, pgvector, Lucene and hnswlib-core. Each is a
 * {@link io.forebay.bench.peers.Peer}; {@link io.forebay.bench.peers.PeersBench} takes them in turns,
 * {@link io.forebay.bench.peers.PeerMeasurement} does to each the same, {@link io.forebay.bench.peers.PeerFigures} says what
 * came of it. A library runs in a process of its own ({@link io.forebay.bench.peers.SideProcess}).
 */
@NullMarked
package io.forebay.bench.peers;

import org.jspecify.annotations.NullMarked;

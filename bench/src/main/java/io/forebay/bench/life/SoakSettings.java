package io.forebay.bench.life;

import io.forebay.model.Durability;

/**
 * A load over time.
 *
 * @param ids         that each client has for itself
 * @param batch       records of one write
 * @param killSeconds between SIGKILLs; 0 for none
 */
public record SoakSettings(double seconds, int clients, int collections, int ids, int batch,
        double killSeconds, long seed, Durability durability) {}

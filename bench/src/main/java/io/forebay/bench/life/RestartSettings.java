package io.forebay.bench.life;

import io.forebay.model.Durability;
import java.util.List;

/**
 * What is started how often.
 *
 * @param sizes    records of the collection
 * @param unlinked records that are written right before SIGKILL, so that there is something to replay and to link
 */
public record RestartSettings(List<Integer> sizes, int unlinked, Durability durability, int rounds) {}

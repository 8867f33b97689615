/**
 * Datasets that are not ours: files of ann-benchmarks (HDF5), of TEXMEX (.fvecs), of big-ann-benchmarks (.fbin) and of NumPy, read
 * by {@link io.forebay.bench.data.VectorFiles}; points of a known intrinsic dimension ({@link io.forebay.bench.data.Synthetic}), and
 * the estimate that checks it ({@link io.forebay.bench.data.IntrinsicDimension}).
 *
 * <p>Everything is read whole, into memory: reading is no part of any measurement.
 */
@NullMarked
package io.forebay.bench.data;

import org.jspecify.annotations.NullMarked;

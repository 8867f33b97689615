/** The import service's own RocksDB: {@link io.forebay.etl.db.ImportDatabase}. */
@NullMarked
package io.forebay.etl.db;

import org.jspecify.annotations.NullMarked;

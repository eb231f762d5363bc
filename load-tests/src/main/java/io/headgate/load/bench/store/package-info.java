/** Decisions per second of stores, next to libraries that do the same. */
@NullMarked
package io.headgate.load.bench.store;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.headgate.load.bench.store;

import org.jspecify.annotations.NullMarked;

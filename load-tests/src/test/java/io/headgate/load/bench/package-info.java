@NullMarked
package io.headgate.load.bench;

import org.jspecify.annotations.NullMarked;

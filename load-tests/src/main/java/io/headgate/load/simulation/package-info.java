/** Gatling simulations; {@code ./headgate load <name> -Dkey=value…} runs one. */
@NullMarked
package io.headgate.load.simulation;

import org.jspecify.annotations.NullMarked;

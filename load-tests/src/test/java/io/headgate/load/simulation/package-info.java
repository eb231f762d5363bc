@NullMarked
package io.headgate.load.simulation;

import org.jspecify.annotations.NullMarked;

/** Everything on one machine, with things to try. */
@NullMarked
package io.headgate.load.demo;

import org.jspecify.annotations.NullMarked;

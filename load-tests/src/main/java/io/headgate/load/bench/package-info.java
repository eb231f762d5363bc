/** Comparisons with peers, each one command that starts everything it needs. */
@NullMarked
package io.headgate.load.bench;

import org.jspecify.annotations.NullMarked;

/** Loads policies: text in, a compiled policy or all of its problems out. */
@NullMarked
package io.headgate.policy;

import org.jspecify.annotations.NullMarked;

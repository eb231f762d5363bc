@NullMarked
package io.headgate.policy.simulate;

import org.jspecify.annotations.NullMarked;

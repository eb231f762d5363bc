@NullMarked
package io.headgate.policy.traffic;

import org.jspecify.annotations.NullMarked;

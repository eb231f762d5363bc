@NullMarked
package io.headgate.policy;

import org.jspecify.annotations.NullMarked;

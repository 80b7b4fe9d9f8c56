package io.evolo.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A record component that does nothing while another one of the record, {@link #key}, has the value {@link #is}. A recipe that gives it
 * another value than its {@link Default} all the same is refused, for it would change nothing and not say so.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT})
public @interface Unless {
    String key();

    /** As YAML. */
    String is();
}

package io.evolo.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A record component whose type is a sealed interface of records: {@link #key} says which of them a recipe means, by its name in
 * snake case, and that one's keys stand beside the key, among those of the record that has the component. A record of the interface
 * that has itself a component under the same key stands for all of that component's records.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT})
public @interface Variant {
    String key();

    /** Which record it is where a recipe does not name the key. */
    String standard();
}

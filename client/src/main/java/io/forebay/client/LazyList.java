package io.forebay.client;

import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;

/** Elements that are made when somebody looks at them, each once. Unmodifiable. Threads: any. */
final class LazyList<T> extends AbstractList<T> implements RandomAccess {
    private final AtomicReferenceArray<T> made;
    private final IntFunction<T> maker;

    LazyList(int size, IntFunction<T> maker) {
        this.made = new AtomicReferenceArray<>(size);
        this.maker = maker;
    }

    @Override
    public T get(int index) {
        Objects.checkIndex(index, made.length());
        T known = made.get(index);
        if (known != null) {
            return known;
        }
        T fresh = maker.apply(index);
        return made.compareAndSet(index, null, fresh) ? fresh : made.get(index);
    }

    @Override
    public int size() {
        return made.length();
    }
}

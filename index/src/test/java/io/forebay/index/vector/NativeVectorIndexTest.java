package io.forebay.index.vector;

class NativeVectorIndexTest implements VectorIndexContract {

    @Override
    public IndexEngine engine() {
        return IndexEngine.NATIVE;
    }
}

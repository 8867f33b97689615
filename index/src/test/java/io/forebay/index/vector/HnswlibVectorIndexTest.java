package io.forebay.index.vector;

class HnswlibVectorIndexTest implements VectorIndexContract {

    @Override
    public IndexEngine engine() {
        return IndexEngine.HNSWLIB;
    }
}

package io.forebay.server.http.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import java.io.OutputStream;

/** Makes {@link BodyParser} and {@link BodyGenerator} where Jackson would make their parents. */
final class BodyFactory extends JsonFactory {
    private static final long serialVersionUID = 1;

    BodyFactory(JsonFactoryBuilder options) {
        super(options);
    }

    BodyParser parser(byte[] body, int length) {
        IOContext context = _createContext(_createContentReference(body, 0, length), true);
        ByteQuadsCanonicalizer symbols = _byteSymbolCanonicalizer.makeChildOrPlaceholder(_factoryFeatures);
        return new BodyParser(context, _parserFeatures, symbols, body, 0, length);
    }

    BodyGenerator generator(OutputStream out) {
        IOContext context = _createContext(_createContentReference(out), false);
        return new BodyGenerator(context, _generatorFeatures, out);
    }
}

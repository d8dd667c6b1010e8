// A value, keys and symbols with lone surrogates. [ok; defaults]
[{ ['\ud800']: '\udfff', a: '\ud83d' }, Symbol('\udc00'), new String('\ud800'), new Map([['\ud800', 1]])];

// In every spec file, with nothing imported, since most need no exchange: stops the exchanges that a failed test left running.
globalThis.afterAll(() => globalThis.stopTestExchanges?.());

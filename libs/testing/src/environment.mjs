// Jest's environment for Node, without the proxy that it puts before a file's globals so that it can take away afterwards what was added to them. Each Map and Math of
// a spec, and of all that it loads, is looked up through that proxy: the engines take four times as long behind it.
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

export default class extends TestEnvironment {
  constructor(config, context) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(config, context);
    } finally {
      vm.createContext = createContext;
    }
  }
}

using Mano.Sagas.Tests;

// The test that needs a real process to kill starts this assembly again.
return args is ["operate-for-ever", var folder, var round] ? await EngineKilledTests.OperateForEver(folder, round) : 0;

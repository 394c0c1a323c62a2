using Mano.Mesh.State;
using Mano.Mesh.State.InMemory;

namespace Mano.Mesh.Tests.State;

public sealed class MemoryStateStoreTests : StateStoreContract
{
    protected override Task<IStateStore> Open() => Task.FromResult<IStateStore>(new MemoryStateStore(Clock, retainedRevisions: 200));
}

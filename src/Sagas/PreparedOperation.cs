using Mano.Mesh.State;

namespace Mano.Sagas;

/// <summary>An operation that is ready to be accepted together with others; see <see cref="SagaEngine.AcceptAll"/>.</summary>
public sealed class PreparedOperation
{
    internal PreparedOperation(OperationRecord record, Batch? together) => (Record, Together) = (record, together);

    internal OperationRecord Record { get; }

    internal Batch? Together { get; }
}

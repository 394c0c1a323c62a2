using Mano.Mesh.State;

namespace Mano.Sagas;

/// <summary>
/// Operations as they were last written or read here, so that whoever follows one that runs in this process need not parse what this
/// process has just written. Bounded: two operations that meet in a slot push each other out, which costs a parse.
/// </summary>
internal sealed class RecentOperations
{
    private const int Slots = 2048;

    private readonly Stored<OperationRecord>?[] slots = new Stored<OperationRecord>?[Slots];

    /// <summary>Keeps one; versions of a key only grow, so what is kept for a version is right for ever.</summary>
    public Stored<OperationRecord> Put(Stored<OperationRecord> operation)
    {
        Volatile.Write(ref slots[SlotOf(operation.Key)], operation);
        return operation;
    }

    /// <summary>The operation under a key at a version, if it is known.</summary>
    public Stored<OperationRecord>? Find(string key, long version) =>
        Volatile.Read(ref slots[SlotOf(key)]) is { } known && known.Version == version && known.Key == key ? known : null;

    private static int SlotOf(string key) => (int)((uint)string.GetHashCode(key, StringComparison.Ordinal) % Slots);
}

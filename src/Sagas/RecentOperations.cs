using Mano.Mesh.State;

namespace Mano.Sagas;

/// <summary>
/// Operations as they were last written or read here, so that whoever follows one that runs in this process need not parse what this
/// process has just written. Bounded: two operations that meet in a slot push each other out, which costs a parse.
/// </summary>
internal sealed class RecentOperations
{
    private const int Slots = 2048;

    private readonly Kept?[] slots = new Kept?[Slots];

    /// <summary>Keeps one; versions of a key only grow, so what is kept for a version is right for ever.</summary>
    public Stored<OperationRecord> Put(Stored<OperationRecord> operation)
    {
        Volatile.Write(ref slots[SlotOf(operation.Key)], new(operation, default));
        return operation;
    }

    /// <summary>
    /// Keeps one that is about to be written. It has no version yet, but a store that hands on the very text it was given tells its watchers
    /// before the writer hears of it.
    /// </summary>
    public void Put(string key, OperationRecord operation, ReadOnlyMemory<byte> text) =>
        Volatile.Write(ref slots[SlotOf(key)], new(new(key, operation, Version: 0), text));

    /// <summary>The operation under a key at a version, if it is known.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="version">Its version.</param>
    /// <param name="text">As the store gave it: known by being the same memory, not by what is in it.</param>
    public Stored<OperationRecord>? Find(string key, long version, ReadOnlyMemory<byte> text) => Volatile.Read(ref slots[SlotOf(key)]) switch
    {
        { } kept when kept.Operation.Key != key => null,
        { } kept when kept.Operation.Version == version => kept.Operation,
        { Text.IsEmpty: false } kept when kept.Text.Equals(text) => Put(kept.Operation with { Version = version }),
        _ => null,
    };

    private static int SlotOf(string key) => (int)((uint)string.GetHashCode(key, StringComparison.Ordinal) % Slots);

    private sealed record Kept(Stored<OperationRecord> Operation, ReadOnlyMemory<byte> Text);
}
